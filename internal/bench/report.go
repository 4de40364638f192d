package bench

import (
	"fmt"
	"io"
	"runtime"
	"text/tabwriter"
	"time"
)

// Report is what a run measured.
type Report struct {
	Machine string    `json:"machine"`
	Started time.Time `json:"started"`
	Turn    string    `json:"turn"`
	Turns   int       `json:"turns"`
	Rows    []Row     `json:"rows"`
}

func newReport(o Options) *Report {
	return &Report{Machine: machine(), Started: time.Now().UTC().Truncate(time.Second), Turn: o.Turn.String(), Turns: o.Turns}
}

// machine says what kind of machine this is, without naming it.
func machine() string {
	return fmt.Sprintf("%d cores, %s/%s, %s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
}

// Row is one figure. Value is what the bar is about: mostly a share of the limit.
type Row struct {
	Engine   string  `json:"engine"`
	Products int     `json:"products"`
	What     string  `json:"what"`
	Value    float64 `json:"value"`
	Unit     string  `json:"unit"`
	Bar      string  `json:"bar,omitempty"`
	Pass     *bool   `json:"pass,omitempty"` // absent where there is no bar

	Rate   float64       `json:"rate,omitempty"`   // answers per second
	Limit  float64       `json:"limit,omitempty"`  // of the limit beside it
	ByCPU  float64       `json:"by_cpu,omitempty"` // the same share, from the processor time of server and clients together
	CPU    time.Duration `json:"cpu_ns,omitempty"` // of the server, per answer
	P50    time.Duration `json:"p50_ns,omitempty"`
	P95    time.Duration `json:"p95_ns,omitempty"`
	P99    time.Duration `json:"p99_ns,omitempty"`
	Errors int           `json:"errors"`
	Bytes  int           `json:"bytes,omitempty"` // of an answer's body, as sent
	Note   string        `json:"note,omitempty"`
}

// bar notes what the figure has to be and whether it is.
func (r *Row) bar(op string, want float64) {
	r.Bar = fmt.Sprintf("%s %g", op, want)
	ok := r.Errors == 0
	switch op {
	case ">=":
		ok = ok && r.Value >= want
	case "<=":
		ok = ok && r.Value <= want
	case "=":
		ok = ok && r.Value == want
	}
	r.Pass = &ok
}

func (r *Report) add(row Row) { r.Rows = append(r.Rows, row) }

// Missed counts the figures that miss their bar.
func (r *Report) Missed() (n int) {
	for _, row := range r.Rows {
		if row.Pass != nil && !*row.Pass {
			n++
		}
	}
	return n
}

// Write prints the table.
func (r *Report) Write(w io.Writer) error {
	fmt.Fprintf(w, "%s, %s; %d turns of %s each, medians\n\n", r.Machine, r.Started.Format(time.DateOnly), r.Turns, r.Turn)
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "engine\tproducts\twhat\tfigure\tbar\t\tper s\tlimit/s\tby CPU\tCPU\tp50\tp95\tp99\terrors\tbytes\tnote")
	for _, x := range r.Rows {
		fmt.Fprintf(t, "%s\t%d\t%s\t%s %s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\t%s\n", x.Engine, x.Products, x.What, figure(x.Value), x.Unit, x.Bar, verdict(x.Pass),
			count(x.Rate), count(x.Limit), share(x.ByCPU), ms(x.CPU), ms(x.P50), ms(x.P95), ms(x.P99), x.Errors, count(float64(x.Bytes)), x.Note)
	}
	return t.Flush()
}

func figure(v float64) string {
	if v >= 100 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

func share(v float64) string {
	if v == 0 {
		return ""
	}
	return figure(v)
}

func verdict(pass *bool) string {
	switch {
	case pass == nil:
		return ""
	case *pass:
		return "ok"
	}
	return "MISSED"
}

func count(v float64) string {
	if v == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f", v)
}

func ms(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}

// The pen: shapes, gradients and patterns of one picture, as SVG text.
// Objects are drawn in a box of 200 by 200 units and stand on y = 190.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const sets = ['fluent-emoji', 'fluent-emoji-flat', 'noto'].map((n) => require(`@iconify-json/${n}/icons.json`));

const hex = (c) => [1, 3, 5].map((i) => parseInt(c.slice(i, i + 2), 16));
const str = (v) => '#' + v.map((n) => Math.max(0, Math.min(255, Math.round(n))).toString(16).padStart(2, '0')).join('');
export const mix = (a, b, t) => { const [x, y] = [hex(a), hex(b)]; return str(x.map((n, i) => n + (y[i] - n) * t)); };
export const lt = (c, t = 0.2) => mix(c, '#fffaf0', t);
export const dk = (c, t = 0.2) => mix(c, '#2b2320', t);
export const luma = (c) => { const [r, g, b] = hex(c); return 0.3 * r + 0.59 * g + 0.11 * b; };
export const distance = (a, b) => { const [x, y] = [hex(a), hex(b)]; return Math.hypot(...x.map((n, i) => n - y[i])); };

const body = (name) => {
  for (const s of sets) {
    const key = s.icons[name] ? name : s.aliases?.[name]?.parent;
    if (key && s.icons[key]) return { body: s.icons[key].body, size: s.icons[key].width ?? s.width ?? 16 };
  }
  return null;
};
export const hasIcon = (name) => body(name) !== null;

export class Pen {
  constructor() { this.defs = new Map(); }

  def(key, make) {
    if (!this.defs.has(key)) {
      const id = 'd' + this.defs.size;
      this.defs.set(key, { id, text: make(id) });
    }
    return `url(#${this.defs.get(key).id})`;
  }
  header() { return '<defs>' + [...this.defs.values()].map((d) => d.text).join('') + '</defs>'; }

  // A round body, lit from the left.
  g(c) {
    return this.def('g' + c, (id) => `<linearGradient id="${id}"><stop offset="0" stop-color="${lt(c, 0.1)}"/><stop offset=".22" stop-color="${lt(c, 0.24)}"/><stop offset=".55" stop-color="${c}"/><stop offset="1" stop-color="${dk(c, 0.24)}"/></linearGradient>`);
  }
  // A flat face, a little lighter above.
  v(c) {
    return this.def('v' + c, (id) => `<linearGradient id="${id}" x2="0" y2="1"><stop offset="0" stop-color="${lt(c, 0.14)}"/><stop offset="1" stop-color="${dk(c, 0.07)}"/></linearGradient>`);
  }
  // A ball.
  o(c) {
    return this.def('o' + c, (id) => `<radialGradient id="${id}" cx=".36" cy=".3" r=".8"><stop offset="0" stop-color="${lt(c, 0.36)}"/><stop offset=".5" stop-color="${c}"/><stop offset="1" stop-color="${dk(c, 0.26)}"/></radialGradient>`);
  }
  clip(shape) { return this.def('c' + shape, (id) => `<clipPath id="${id}">${shape}</clipPath>`); }

  pattern(kind, a, b) {
    const p = patterns[kind];
    if (!p) throw new Error('no pattern ' + kind);
    return this.def('p' + kind + a + b, (id) => {
      const [w, h, art, turn] = p(a, b);
      return `<pattern id="${id}" width="${w}" height="${h}" patternUnits="userSpaceOnUse"${turn ? ` patternTransform="rotate(${turn})"` : ''}><rect width="${w}" height="${h}" fill="${a}"/>${art}</pattern>`;
    });
  }
  // The fill of a cloth: its pattern, or plain.
  cloth(kind, a, b) { return patterns[kind] ? this.pattern(kind, a, b ?? lt(a, 0.6)) : this.v(a); }

  icon(name, x, y, size) {
    const i = body(name);
    if (!i) throw new Error('no icon ' + name);
    const k = size / i.size;
    return `<g transform="translate(${x - size / 2} ${y - size / 2}) scale(${k})">${i.body}</g>`;
  }
}

export const R = (x, y, w, h, r, fill, more = '') => `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${r}" fill="${fill}" ${more}/>`;
export const C = (x, y, r, fill, more = '') => `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}" ${more}/>`;
export const E = (x, y, a, b, fill, more = '') => `<ellipse cx="${x}" cy="${y}" rx="${a}" ry="${b}" fill="${fill}" ${more}/>`;
export const P = (d, fill, more = '') => `<path d="${d}" fill="${fill}" ${more}/>`;
export const S = (d, color, w = 4, more = '') => `<path d="${d}" fill="none" stroke="${color}" stroke-width="${w}" stroke-linecap="round" stroke-linejoin="round" ${more}/>`;
export const G = (art, t) => `<g transform="${t}">${art}</g>`;
export const shine = (d, w = 5, o = 0.45) => S(d, '#ffffff', w, `opacity="${o}"`);
export const range = (n) => [...Array(n).keys()];

const leaf = (x, y, s, turn, c) => `<path transform="translate(${x} ${y}) rotate(${turn}) scale(${s})" d="M0 0C6-10 6-20 0-30C-6-20-6-10 0 0Z" fill="${c}"/>`;
const flower = (x, y, r, c, m) => range(6).map((i) => `<ellipse cx="${x}" cy="${y - r * 0.6}" rx="${r * 0.34}" ry="${r * 0.55}" fill="${c}" transform="rotate(${i * 60} ${x} ${y})"/>`).join('') + C(x, y, r * 0.26, m);

const patterns = {
  stripes: (a, b) => [22, 22, `<rect width="22" height="6" fill="${b}"/><rect y="11" width="22" height="2" fill="${b}"/>`],
  checks: (a, b) => [26, 26, `<rect width="26" height="9" fill="${b}" opacity=".5"/><rect width="9" height="26" fill="${b}" opacity=".5"/>`],
  dots: (a, b) => [20, 20, C(5, 5, 2.6, b) + C(15, 15, 2.6, b)],
  speckle: (a, b) => [40, 34, [[6, 8, 1.6], [18, 22, 1.2], [29, 6, 1.3], [34, 27, 1.8], [11, 29, 1], [24, 14, 0.9]].map(([x, y, r]) => C(x, y, r, dk(a, 0.5), 'opacity=".55"')).join('')],
  weave: (a, b) => [16, 16, `<rect width="8" height="8" fill="${b}" opacity=".55"/><rect x="8" y="8" width="8" height="8" fill="${b}" opacity=".55"/><path d="M0 4h8M12 8v8M8 4v0M4 8v0" stroke="${dk(a, 0.2)}" stroke-width="1" opacity=".4"/>`],
  batik: (a, b) => [58, 58, flower(15, 15, 13, b, lt(a, 0.25)) + flower(44, 44, 13, b, lt(a, 0.25)) + `<path d="M30 14q8-8 16 0t10 2M2 44q8-8 16 0" stroke="${b}" stroke-width="2.2" fill="none"/>` + [[40, 8], [47, 22], [10, 36], [20, 54]].map(([x, y]) => C(x, y, 2, b)).join('')],
  flowers: (a, b) => [46, 46, flower(12, 12, 9, b, dk(b, 0.3)) + flower(35, 34, 9, b, dk(b, 0.3)) + leaf(26, 22, 0.35, 60, dk(a, 0.25))],
  leaves: (a, b) => [48, 48, leaf(12, 34, 0.8, 25, b) + leaf(38, 22, 0.7, -35, b) + leaf(30, 50, 0.6, 70, mix(b, a, 0.35))],
  fern: (a, b) => [40, 48, `<path d="M20 48V4" stroke="${b}" stroke-width="2"/>` + range(5).map((i) => leaf(20, 44 - i * 9, 0.4, 60, b) + leaf(20, 44 - i * 9, 0.4, -60, b)).join('')],
  waves: (a, b) => [40, 20, `<path d="M0 8q10-8 20 0t20 0M0 18q10-8 20 0t20 0" stroke="${b}" stroke-width="2" fill="none"/>`],
  motif: (a, b) => [50, 50, `<path d="M25 4L44 25L25 46L6 25Z" fill="none" stroke="${b}" stroke-width="3"/><path d="M25 15L34 25L25 35L16 25Z" fill="${b}"/>` + [[0, 0], [50, 0], [0, 50], [50, 50]].map(([x, y]) => C(x, y, 5, b)).join('')],
  patchwork: (a, b) => [60, 60, `<rect width="30" height="30" fill="${b}"/><rect x="30" y="30" width="30" height="30" fill="${lt(a, 0.5)}"/><rect x="30" width="30" height="30" fill="${mix(a, b, 0.5)}"/>` + C(15, 15, 5, lt(b, 0.5)) + C(45, 45, 5, a) + `<path d="M0 30h60M30 0v60" stroke="${lt(a, 0.7)}" stroke-width="1.5" stroke-dasharray="4 3"/>`],
  slats: (a) => [200, 9, `<rect width="200" height="1.6" y="7" fill="${dk(a, 0.25)}"/>`],
  cane: (a) => [12, 12, `<path d="M0 0L12 12M12 0L0 12M6 0V12M0 6H12" stroke="${dk(a, 0.28)}" stroke-width="1.5"/>`],
};

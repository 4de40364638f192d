// Furniture, lamps and things of the garden.
import { R, C, E, P, S, G, lt, dk, mix, shine, range } from '../draw.mjs';

const glow = (x, y, r) => C(x, y, r, '#f9dd93', 'opacity=".28"') + C(x, y, r * 0.6, '#fbe7b4', 'opacity=".35"');
const foliage = (c) => range(9).map((i) => `<path transform="rotate(${(i - 4) * 21} 100 104)" d="M100 104C86 76 88 40 100 ${14 + Math.abs(i - 4) * 5}C112 40 114 76 100 104Z" fill="${i % 2 ? c : lt(c, 0.18)}"/>`).join('');

export const home = {
  chair(d, { c1, c2, x }) {
    if (x === 'lounge') return { w: 170, n: 'long veranda chair', s: S('M34 40L62 120L150 130L188 96', dk(c1, 0.05), 9) + P('M40 40L68 116L148 126L182 96L176 90L146 112L76 104L50 36Z', d.pattern('cane', c2)) + S('M58 106H178', c1, 9) + S('M66 110L54 188M150 128L160 188M120 108V128', c1, 8) };
    const spindle = x === 'spindle';
    return { w: 110, n: 'chair', s: (spindle ? P('M48 24Q100 6 152 24L150 42Q100 28 50 42Z', d.g(c1)) + range(7).map((i) => S(`M${56 + i * 14.7} 36L${62 + i * 12.7} 106`, i % 2 ? c1 : lt(c1, 0.12), 5)).join('') : R(50, 12, 11, 180, 5, d.g(c1)) + R(139, 12, 11, 180, 5, d.g(c1)) + R(56, 18, 88, 16, 6, d.v(c1)) + R(61, 40, 78, 44, 3, d.pattern('cane', c2)) + R(61, 84, 78, 6, 2, c1)) +
      (spindle ? P('M40 108Q100 94 160 108L156 124Q100 132 44 124Z', d.v(lt(c1, 0.08))) : P('M40 112L52 98H148L160 112V124H40Z', d.v(c1)) + P('M48 111L58 101H142L152 111Z', d.pattern('cane', c2))) + S('M48 124L40 186M152 124L160 186', dk(c1, 0.08), 9) + S('M66 124L64 176M134 124L136 176', dk(c1, 0.28), 7) + S('M46 156H154', dk(c1, 0.15), 6) };
  },
  armchair(d, { c1, c2 }) {
    return { w: 150, n: 'upholstered armchair', s: P('M46 100Q42 28 100 28Q158 28 154 100Z', d.v(c1)) + R(44, 104, 112, 40, 10, d.v(lt(c1, 0.12))) + P('M20 100Q20 84 36 84Q50 84 50 100V154H24Q20 154 20 148ZM180 100Q180 84 164 84Q150 84 150 100V154H176Q180 154 180 148Z', d.g(dk(c1, 0.08))) + R(28, 140, 144, 22, 6, d.v(dk(c1, 0.14))) + S('M38 162L32 188M162 162L168 188', c2, 8) + S('M70 50V96M130 50V96', dk(c1, 0.15), 2) };
  },
  sofa(d, { c1, c2 }) {
    return { w: 184, n: 'two-seat sofa', s: R(18, 60, 164, 84, 18, d.v(dk(c1, 0.05))) + S('M100 66V120', dk(c1, 0.2), 2.5) + R(22, 112, 78, 38, 9, d.v(lt(c1, 0.14))) + R(100, 112, 78, 38, 9, d.v(lt(c1, 0.14))) + P('M2 106Q2 90 16 90Q30 90 30 106V162H6Q2 162 2 156ZM198 106Q198 90 184 90Q170 90 170 106V162H194Q198 162 198 156Z', d.g(dk(c1, 0.1))) + R(10, 148, 180, 18, 5, d.v(dk(c1, 0.18))) + S('M22 166L18 188M178 166L182 188', c2, 8) + R(40, 78, 40, 36, 8, d.pattern('stripes', '#f3e6cf', '#c4663f'), 'transform="rotate(-8 60 96)"') };
  },
  stool(d, { c1, c2, x }) {
    const top = x === 'tall' ? 30 : 84;
    return { w: 100, n: 'stool', s: E(100, top + 8, 66, 15, d.g(dk(c1, 0.12))) + E(100, top, 66, 15, d.v(lt(c1, 0.08))) + E(100, top, 44, 8, 'none', `stroke="${dk(c1, 0.15)}" stroke-width="1.6"`) + S(`M52 ${top + 16}L38 188M148 ${top + 16}L162 188`, c1, 10) + S(`M100 ${top + 22}V184`, dk(c1, 0.22), 9) + (x === 'tall' ? S('M46 142H154', c2, 6) : S('M46 148L98 156L154 148', dk(c1, 0.12), 6)) };
  },
  table(d, { c1, c2 = '#7d5435', x }) {
    if (x === 'round') return { w: 120, n: 'round bistro table', s: E(100, 46, 90, 18, c2) + E(100, 42, 90, 18, d.v(lt(c1, 0.1))) + E(100, 42, 70, 11, 'none', `stroke="${dk(c1, 0.12)}" stroke-width="1.5"`) + R(92, 60, 16, 110, 5, d.g(dk(c1, 0.25))) + P('M56 186Q60 168 100 166Q140 168 144 186Z', d.g(dk(c1, 0.25))) };
    if (x === 'low') return { w: 170, n: 'nest of two round tables', s: E(124, 118, 66, 14, d.v(dk(c1, 0.1))) + S('M74 122L66 186M174 122L182 186M124 130V186', dk(c1, 0.2), 7) + E(74, 90, 70, 15, dk(c1, 0.18)) + E(74, 86, 70, 15, d.v(lt(c1, 0.12))) + S('M20 92L10 186M128 92L138 186M74 100V188', c1, 7) };
    if (x === 'tray') return { w: 140, n: 'tray table with folding legs', s: S('M40 92L160 188M160 92L40 188', c2, 8) + P('M14 72H186L178 98H22Z', d.pattern('weave', c1, dk(c1, 0.2))) + R(10, 66, 180, 10, 5, d.v(lt(c1, 0.1))) + S('M14 70Q4 52 24 52M186 70Q196 52 176 52', dk(c1, 0.2), 6) };
    if (x === 'folding') return { w: 180, n: 'folding balcony table with two chairs', s: E(100, 84, 52, 11, d.v(c2)) + S('M80 92L124 188M120 92L76 188', c1, 6) + [[6, 1], [194, -1]].map(([x0, f]) => G(S('M8 56L4 122M8 122H50M8 124L44 188M48 124L10 188', c1, 6) + R(4, 64, 8, 14, 2, c2) + R(3, 84, 8, 14, 2, c2) + R(6, 116, 48, 8, 3, c2), `translate(${x0} 0) scale(${f} 1)`)).join('') };
    return { w: 190, n: 'dining table', s: P('M6 84L24 66H176L194 84Z', d.v(lt(c1, 0.14))) + R(4, 84, 192, 13, 3, d.v(c1)) + S('M40 70H162M30 77H176', dk(c1, 0.14), 1.4) + R(20, 97, 160, 13, 0, dk(c1, 0.18)) + P('M16 97H36L30 190H20ZM184 97H164L170 190H180Z', d.g(c1)) + P('M50 110H60L57 172H52ZM150 110H140L143 172H148Z', dk(c1, 0.35)) };
  },
  desk(d, { c1, x }) {
    const top = x === 'low' ? 116 : 78;
    return { w: 180, n: x === 'low' ? 'low floor desk' : 'writing desk with drawers', s: (x === 'low' ? P(`M10 ${top}L34 ${top - 26}H166L190 ${top}Z`, d.v(lt(c1, 0.16))) + G(R(0, 0, 52, 34, 2, '#fbf6ea') + S('M8 10H44M8 18H36', '#a9a398', 2.5), `translate(76 ${top - 30}) skewX(-20) scale(.8 .7)`) : '') + R(6, top, 188, 12, 3, d.v(lt(c1, 0.06))) + (x === 'low' ? '' : R(14, top + 12, 172, 32, 2, d.v(c1)) + R(20, top + 17, 78, 22, 2, lt(c1, 0.1)) + R(102, top + 17, 78, 22, 2, lt(c1, 0.1)) + C(59, top + 28, 4, '#cda04a') + C(141, top + 28, 4, '#cda04a')) + P(`M16 ${top + 12}H30L26 190H18ZM184 ${top + 12}H170L174 190H182Z`, d.g(dk(c1, 0.08))) };
  },
  shelf(d, { c1, c2, x }) {
    if (x === 'floating') return { w: 150, hang: true, n: 'wall shelf with two books and a plant', s: R(6, 128, 188, 18, 3, d.v(c1)) + R(6, 143, 188, 4, 2, dk(c1, 0.3)) + R(36, 66, 18, 62, 2, '#7d2b35') + R(56, 74, 15, 54, 2, '#d6a52e') + G(foliage('#538e52'), 'translate(96 34) scale(.5)') + P('M132 92H168L162 128H138Z', d.g('#f1e9dc')) };
    if (x === 'hanging') return { w: 90, hang: true, n: 'hanging closet organizer', s: R(30, 8, 140, 6, 3, '#8e7a60') + S('M80 24V12M120 24V12', '#8e939a', 4) + R(56, 24, 88, 164, 5, d.v(c1)) + range(5).map((i) => R(64, 32 + i * 31, 72, 26, 3, dk(c1, 0.28)) + R(68, 42 + i * 31, 30, 16, 3, ['#97af8a', '#d6a52e', '#3c4d8a', '#b9562e', '#da8f93'][i]) + R(102, 46 + i * 31, 28, 12, 3, ['#f6f2ea', '#8abadd', '#e8a838', '#f3e6cf', '#5dada4'][i])).join('') };
    const ladder = x === 'ladder', spice = x === 'spice';
    const rows = spice ? 3 : ladder ? 4 : 5;
    return { w: ladder ? 110 : 120, hang: spice, n: spice ? 'small wall shelf with jars' : ladder ? 'leaning ladder shelf' : 'open bookcase', s: (ladder ? S('M64 10L34 188M136 10L166 188', dk(c1, 0.12), 8) : R(32, 8, 10, 182, 2, d.g(c1)) + R(158, 8, 10, 182, 2, d.g(c1))) + range(rows).map((i) => { const y = ladder ? 52 + i * 41 : 12 + ((i + (spice ? 0.86 : 0.8)) * 176) / rows; const half = ladder ? 40 + i * 9 : 64; return R(100 - half, y, half * 2, 9, 2, d.v(lt(c1, 0.06))) +
      (spice ? range(3).map((k) => R(50 + k * 36, y - 32, 26, 32, 4, d.g(['#b9562e', '#e09d22', '#538e52', '#7d5435', '#c63d36', '#dcc7a2'][(k + i * 2) % 6])) + R(50 + k * 36, y - 38, 26, 8, 3, '#3a3d43')).join('') + R(36, y - 13, 128, 4, 2, c2) : (i % 2 ? range(3).map((k) => R(100 - half + 12 + k * 12, y - 27 + k * 3, 10, 27 - k * 3, 1, ['#7d2b35', '#3c4d8a', '#d6a52e'][k])).join('') + P(`M${100 + half - 38} ${y - 18}h24l-4 18h-16Z`, '#f1e9dc') : P(`M${100 - half + 16} ${y - 20}h26l-4 20h-18Z`, '#c4663f') + range(3).map((k) => R(100 + 6 + k * 12, y - 26 - (k % 2) * 3, 10, 26 + (k % 2) * 3, 1, ['#2b5843', '#b9562e', '#f3e6cf'][k])).join(''))); }).join('') + (ladder || spice ? '' : R(32, 184, 136, 6, 0, dk(c1, 0.25))) };
  },
  cabinet(d, { c1, c2, x }) {
    if (x === 'sorter') return { w: 130, n: 'sorter with small drawers', s: R(26, 22, 148, 168, 6, d.v(c1)) + range(4).map((r) => range(4).map((i) => R(34 + i * 34, 30 + r * 39, 30, 34, 3, d.v('#dfe9ea')) + R(38 + i * 34, 52 + r * 39, 22, 8, 2, ['#cda04a', '#8e939a', '#bb734d', '#c3c9cf'][(i + r) % 4]) + R(43 + i * 34, 36 + r * 39, 12, 5, 2, '#f8f1e3')).join('')).join('') };
    if (x === 'small') return { w: 110, n: 'bedside table with a drawer', s: R(30, 56, 140, 12, 3, d.v(lt(c1, 0.1))) + R(36, 68, 128, 44, 2, d.v(c1)) + R(44, 74, 112, 32, 3, lt(c1, 0.08)) + C(100, 90, 6, c2) + P('M36 112H50L46 190H38ZM164 112H150L154 190H162Z', d.g(dk(c1, 0.1))) + R(44, 152, 112, 9, 2, d.v(c1)) + R(66, 138, 50, 7, 1, '#7d2b35') + R(70, 145, 50, 7, 1, '#3c4d8a') };
    const wide = x === 'cane';
    const box = wide ? [6, 70, 188, 96] : [28, 10, 144, 170];
    const doors = wide ? 3 : 2;
    return { w: wide ? 170 : 130, n: wide ? 'sideboard with cane doors' : x === 'drawers' ? 'slim shoe cabinet' : 'wardrobe with louvered doors', s: R(box[0], box[1], box[2], box[3], 4, d.v(c1)) + R(box[0] - 4, box[1] - 6, box[2] + 8, 10, 3, d.v(lt(c1, 0.12))) +
      (x === 'drawers' ? range(3).map((i) => R(38, 26 + i * 50, 124, 44, 4, lt(c1, 0.1), `stroke="${dk(c1, 0.2)}" stroke-width="2"`) + R(86, 32 + i * 50, 28, 6, 3, c2)).join('') : range(doors).map((i) => { const w = (box[2] - 16) / doors; const x0 = box[0] + 8 + i * w; return R(x0 + 2, box[1] + 10, w - 4, box[3] - 20, 3, lt(c1, 0.06), `stroke="${dk(c1, 0.22)}" stroke-width="2"`) + R(x0 + 9, box[1] + 17, w - 18, box[3] - 34, 2, wide ? d.pattern('cane', c2) : d.pattern('slats', lt(c1, 0.03))) + C(x0 + (i === 0 && !wide ? w - 6 : i === 1 && !wide ? 6 : w - 7), box[1] + box[3] / 2, 3.5, wide ? dk(c1, 0.4) : c2); }).join('')) + S(`M${box[0] + 14} ${box[1] + box[3]}L${box[0] + 10} 188M${box[0] + box[2] - 14} ${box[1] + box[3]}L${box[0] + box[2] - 10} 188`, dk(c1, 0.2), 9) };
  },
  bed(d, { c1, c2, x }) {
    return x === 'daybed' ? { w: 188, n: 'day bed with cane ends', s: R(6, 74, 14, 116, 4, d.g(c1)) + R(180, 74, 14, 116, 4, d.g(c1)) + R(16, 84, 24, 56, 2, d.pattern('cane', '#dcc8a2')) + R(160, 84, 24, 56, 2, d.pattern('cane', '#dcc8a2')) + R(16, 118, 168, 32, 9, d.v(c2)) + R(14, 146, 172, 15, 3, d.v(c1)) + R(26, 94, 52, 28, 12, d.v(lt(c2, 0.4))) + R(122, 94, 52, 28, 12, d.v('#c4663f')) }
      : { w: 186, n: 'wooden bed with pillows', s: P('M24 48Q100 34 176 48V120H24Z', d.v(c1)) + R(34, 58, 132, 46, 3, lt(c1, 0.1)) + P('M14 112H186L194 164H6Z', d.v(c2)) + R(40, 90, 54, 28, 11, d.v('#fffaf0')) + R(106, 90, 54, 28, 11, d.v('#fffaf0')) + P('M10 136Q100 126 190 136L194 164H6Z', d.pattern('stripes', '#97af8a', '#f3ead8')) + R(4, 160, 192, 17, 3, d.v(dk(c1, 0.08))) + R(12, 176, 12, 14, 2, dk(c1, 0.25)) + R(176, 176, 12, 14, 2, dk(c1, 0.25)) };
  },
  bench(d, { c1 }) {
    return { w: 188, n: 'garden bench', s: R(10, 48, 12, 142, 4, d.g(c1)) + R(178, 48, 12, 142, 4, d.g(c1)) + R(16, 46, 168, 13, 5, d.v(lt(c1, 0.1))) + range(11).map((i) => R(28 + i * 13.6, 58, 7, 56, 2, d.g(c1))).join('') + R(16, 112, 168, 8, 2, dk(c1, 0.1)) + P('M4 138L20 122H180L196 138Z', d.v(lt(c1, 0.1))) + R(2, 138, 196, 9, 3, d.v(c1)) + S('M10 147V188M190 147V188', dk(c1, 0.06), 10) + S('M0 104H30M170 104H200', c1, 8) };
  },
  lamp(d, { c1, c2 }) {
    return { w: 90, n: 'table lamp', s: glow(100, 78, 92) + P('M70 22H130L164 104H36Z', d.g(c1)) + E(100, 104, 64, 9, '#fbe9bf') + R(96, 108, 8, 16, 2, '#8e939a') + P('M88 122H112Q108 140 124 154Q134 168 122 180H78Q66 168 76 154Q92 140 88 122Z', d.g(c2)) + R(60, 178, 80, 12, 5, d.g(dk(c2, 0.15))) + S('M128 104V134', '#8d8376', 2) + C(128, 137, 3.5, '#cda04a') };
  },
  desklamp(d, { c1 }) {
    return { w: 100, n: 'reading lamp with a bendable neck', s: P('M148 92L186 190H96Z', '#fbe7b4', 'opacity=".45"') + S('M64 176Q40 60 96 36Q124 26 136 52', c1, 9) + P('M112 56L152 40Q172 66 164 86L118 100Q106 78 112 56Z', d.g(c1)) + E(141, 93, 25, 8, '#fff3cf', 'transform="rotate(-17 141 93)"') + E(68, 184, 48, 9, d.g(dk(c1, 0.1))) + E(68, 178, 48, 9, d.v(lt(c1, 0.12))) };
  },
  pendant(d, { c1 }) {
    return { w: 90, hang: true, n: 'pendant lamp', s: S('M100 -60V60', '#3a3631', 3.5) + glow(100, 158, 64) + R(88, 48, 24, 22, 5, '#cda04a') + P('M88 66H112Q172 82 182 148H18Q28 82 88 66Z', d.g(c1)) + E(100, 148, 82, 15, lt(c1, 0.55)) + E(100, 148, 70, 10, '#fff0c2') + C(100, 152, 15, '#fffbe9') };
  },
  floorlamp(d, { c1, c2 }) {
    return { w: 100, n: 'floor lamp on three legs', s: glow(100, 44, 76) + S('M98 74L58 188M102 74L142 188', c2, 7) + S('M100 74V184', dk(c2, 0.22), 6) + P('M66 10H134L144 78H56Z', d.g(c1)) + E(100, 78, 44, 6, '#fbe9bf') };
  },
  bulb(d, { c1, x }) {
    return { w: 66, n: 'light bulb', s: glow(100, 80, 84) + P('M100 18Q152 20 152 74Q152 104 128 126Q122 134 122 144H78Q78 134 72 126Q48 104 48 74Q48 20 100 18Z', x ? d.o(lt(c1, 0.25)) : d.o('#fdf1cd'), 'opacity=".92"') + (x ? S('M88 142L84 92Q92 66 100 92Q108 66 116 92L112 142', '#f7e3a1', 3.5) : S('M90 142V104L100 90L110 104V142', '#e8b54a', 3.5)) + R(78, 142, 44, 34, 6, d.g('#b7bdc3')) + S('M80 152H120M80 162H120', '#7f858c', 3) + R(90, 176, 20, 12, 5, '#55585e') + shine('M64 60Q68 36 90 30', 6, 0.6) };
  },
  stringlights(d, { c1, c2, x }) {
    const r = x === 'globe' ? 21 : 11;
    const pts = [[14, 40], [52, 78], [100, 92], [148, 78], [186, 40], [34, 130], [76, 156], [124, 156], [166, 130]];
    return { w: 120, hang: true, n: x === 'globe' ? 'string of paper globes' : 'string of warm lights', s: S('M-20 6Q100 150 220 6M-10 96Q100 206 210 96', '#5b6b4a', 3.5) + pts.map(([a, b], i) => C(a, b + (x === 'globe' ? 14 : 6), r * 2, '#f9dd93', 'opacity=".3"') + (x === 'globe' ? C(a, b + 14, r, d.o([c1, '#f2cd4f', c2][i % 3])) + S(`M${a - r} ${b + 14}H${a + r}`, '#fff', 1.2, 'opacity=".4"') : R(a - 4, b - 10, 8, 9, 2, '#4b4038') + P(`M${a} ${b - 4}Q${a + 12} ${b + 10} ${a} ${b + 22}Q${a - 12} ${b + 10} ${a} ${b - 4}Z`, d.o(lt(c1, 0.15))))).join('') };
  },
  walllight(d, { c1, c2, x }) {
    return x === 'h4' ? { w: 80, n: 'headlight bulb', s: R(70, 98, 60, 56, 6, d.g(c1)) + range(4).map((i) => R(64, 104 + i * 12, 72, 5, 2, dk(c1, 0.2))).join('') + R(52, 86, 96, 14, 7, d.g(lt(c1, 0.1))) + R(84, 18, 32, 70, 10, d.g('#dbe8ee')) + R(92, 30, 16, 40, 4, '#f2cd4f') + R(84, 154, 9, 34, 2, '#8e939a') + R(107, 154, 9, 34, 2, '#8e939a') + glow(100, 48, 48) }
      : { w: 90, hang: true, n: 'solar wall light', s: glow(100, 130, 70) + P('M52 36H148L158 60H42Z', d.v('#3c4d6a')) + S('M68 36L62 60M84 36L80 60M100 36V60M116 36L120 60M132 36L138 60', '#7f95b5', 1.6) + R(50, 60, 100, 64, 10, d.g(c1)) + R(62, 72, 76, 38, 6, '#fff0c2') + range(3).map((i) => range(6).map((k) => C(70 + k * 12, 80 + i * 11, 3, c2)).join('')).join('') + C(100, 138, 15, d.o('#e9e5dc')) };
  },
  mirror(d, { c1 }) {
    return { w: 110, hang: true, n: 'round mirror in a rattan sun frame', s: range(32).map((i) => `<rect x="96.5" y="4" width="7" height="40" rx="3" fill="${i % 2 ? c1 : dk(c1, 0.18)}" transform="rotate(${i * 11.25} 100 100)"/>`).join('') + C(100, 100, 62, d.g(dk(c1, 0.12))) + C(100, 100, 54, d.v('#d5e4e8')) + P('M66 128L120 58Q138 68 144 84L88 150Q72 144 66 128Z', '#ffffff', 'opacity=".4"') };
  },
  clock(d, { c1 }) {
    return { w: 100, hang: true, n: 'wooden wall clock', s: C(100, 100, 90, d.g(c1)) + C(100, 100, 76, d.v('#f8f1e3')) + range(12).map((i) => `<rect x="97.5" y="32" width="5" height="${i % 3 ? 8 : 15}" rx="2" fill="${i % 3 ? '#8d8376' : '#3a3631'}" transform="rotate(${i * 30} 100 100)"/>`).join('') + S('M100 100L70 74', '#3a3631', 7) + S('M100 100L134 62', '#3a3631', 4.5) + S('M100 112L104 50', '#c4663f', 2.2) + C(100, 100, 7, '#c4663f') + C(100, 100, 83, 'none', `stroke="${dk(c1, 0.2)}" stroke-width="1.5"`) };
  },
  frame(d, { c1, c2, x }) {
    const art = x === 'lotus' ? R(48, 34, 104, 136, 0, d.pattern('waves', c1, lt(c1, 0.22))) + d.icon('lotus', 86, 84, 58) + d.icon('lotus', 122, 136, 40) : x === 'chalk' ? R(44, 30, 112, 144, 0, d.v(c2)) + d.icon('hot-beverage', 100, 84, 46) + S('M68 124H132M76 138H124M84 152H116', '#f6f2ea', 4) : R(60, 48, 80, 108, 0, d.v('#dce9e6')) + P('M60 128L86 92L104 118L116 104L140 136V156H60Z', '#6d9a83') + P('M60 144Q100 128 140 146V156H60Z', '#9fb98f') + C(120, 76, 11, '#f2b632');
    return { w: 110, hang: x !== 'chalk', n: x === 'lotus' ? 'framed batik of a lotus pond' : x === 'chalk' ? 'chalk sign in an oak frame' : 'picture frame', s: R(30, 16, 140, 172, 4, d.g(c1)) + R(40, 26, 120, 152, 1, '#fbf7ec') + art + R(40, 26, 120, 152, 1, 'none', `stroke="${dk(c1, 0.35)}" stroke-width="2" opacity=".5"`) };
  },
  planter(d, { c1, c2, x }) {
    const pot = x === 'long' ? P('M8 120H192L180 184Q178 190 170 190H30Q22 190 20 184Z', d.g(c1)) + R(4, 110, 192, 15, 5, d.g(lt(c1, 0.08))) : P('M44 116H156L144 182Q142 190 134 190H66Q58 190 56 182Z', d.g(c1)) + R(38, 104, 124, 17, 6, d.g(lt(c1, 0.08)));
    const green = x === 'long' ? [38, 84, 124, 166].map((p, i) => G(foliage(i % 2 ? c2 : '#538e52'), `translate(${p - 44} 66) scale(.44)`)).join('') + d.icon('hibiscus', 62, 84, 30) + d.icon('hibiscus', 146, 88, 28)
      : x === 'seedling' ? d.icon('seedling', 100, 74, 72) : x === 'bush' ? S('M100 110V64', '#7d5435', 6) + range(14).map((i) => { const a = i * 2.4; return E(100 + Math.cos(a) * (18 + (i % 4) * 13), 56 + Math.sin(a) * (14 + (i % 3) * 12), 15, 8, i % 2 ? c2 : lt(c2, 0.22), `transform="rotate(${i * 47} ${100 + Math.cos(a) * (18 + (i % 4) * 13)} ${56 + Math.sin(a) * (14 + (i % 3) * 12)})"`); }).join('')
        : x === 'red-flower' ? foliage(c2) + [[70, 44], [124, 34], [104, 70]].map(([a, b]) => P(`M${a} ${b + 20}C${a - 30} ${b + 6} ${a - 20} ${b - 20} ${a} ${b - 8}C${a + 20} ${b - 20} ${a + 30} ${b + 6} ${a} ${b + 20}Z`, d.o('#c63d36')) + S(`M${a} ${b + 8}L${a + 6} ${b - 14}`, '#f2cd4f', 5)).join('') : foliage(c2);
    return { w: x === 'long' ? 170 : 96, n: x === 'long' ? 'long balcony planter' : x === 'seedling' ? 'coir pot with a seedling' : 'potted plant', s: (x === 'hanging' ? S('M46 108Q100 -60 154 108', '#a9805a', 4) : '') + green + pot + (x || c1 === '#a06f42' ? '' : P('M40 178H160L152 190H48Z', d.g(dk(c1, 0.1)))) };
  },
  wateringcan(d, { c1, c2 }) {
    return { w: 120, n: 'watering can', s: S('M104 82Q120 18 172 62Q184 108 160 152', dk(c1, 0.15), 9) + P('M62 150L10 74L22 64L76 118Z', d.g(c1)) + E(15, 66, 20, 9, d.g(c2), 'transform="rotate(-38 15 66)"') + P('M66 92H160L154 182Q152 190 144 190H82Q74 190 72 182Z', d.g(c1)) + E(113, 92, 47, 11, dk(c1, 0.25)) + R(68, 116, 90, 5, 0, lt(c1, 0.25)) };
  },
  trowel(d, { c1, c2 }) {
    return { w: 60, n: 'hand trowel', s: G(R(90, 6, 20, 74, 10, d.g(c2)) + R(93, 76, 14, 34, 3, d.g('#8e939a')) + P('M74 104H126Q132 160 100 196Q68 160 74 104Z', d.g(c1)) + S('M100 112V176', dk(c1, 0.2), 2.5), 'rotate(18 100 100) translate(4 -4)') };
  },
  hoe(d, { c1, c2 }) {
    return { w: 120, n: 'broad garden hoe', s: S('M172 14L58 162', c2, 11) + S('M168 14L58 158', lt(c2, 0.2), 3) + P('M28 138L80 176Q64 196 40 190L12 168Q12 150 28 138Z', d.g(c1)) + S('M14 168L42 190', lt(c1, 0.4), 3) + C(62, 156, 9, dk(c1, 0.25)) };
  },
  hose(d, { c1, c2, x }) {
    return { w: 140, n: x === 'drum' ? 'extension cord on a drum' : 'coiled garden hose', s: x === 'drum' ? S('M60 190L44 130M140 190L156 130M40 190H160', '#55585e', 9) + C(100, 100, 84, d.g(c2)) + range(5).map((i) => C(100, 100, 76 - i * 9, 'none', `stroke="${i % 2 ? c1 : dk(c1, 0.15)}" stroke-width="9"`)).join('') + C(100, 100, 32, d.o('#3a3d43')) + R(86, 90, 28, 20, 4, '#f1e9dc') + C(94, 97, 2.5, '#3a3d43') + C(106, 97, 2.5, '#3a3d43')
      : range(4).map((i) => E(100, 164 - i * 24, 78, 22, 'none', `stroke="${i % 2 ? c1 : dk(c1, 0.12)}" stroke-width="19"`) + E(100, 161 - i * 24, 78, 22, 'none', `stroke="${lt(c1, 0.4)}" stroke-width="2.5" opacity=".6"`)).join('') + S('M168 90Q196 70 180 42', c1, 15) + P('M160 40L192 26L196 44L168 54Z', '#e8a838') };
  },
  raingauge(d, { c1, c2 }) {
    return { w: 60, n: 'rain gauge on a copper stake', s: R(95, 110, 10, 82, 3, d.g(c2)) + R(66, 12, 68, 116, 10, '#e4eff1', 'opacity=".9"') + R(72, 74, 56, 50, 8, d.v('#8abadd')) + range(9).map((i) => R(112, 24 + i * 11, i % 2 ? 9 : 15, 2.4, 1, '#55585e')).join('') + R(60, 96, 80, 9, 4, d.g(c2)) + shine('M76 26V112', 5, 0.7) };
  },
  hammock(d, { c1 }) {
    return { w: 180, hang: true, n: 'hammock', s: S('M-20 30L30 76M220 30L170 76', '#b08a62', 4) + range(6).map((i) => S(`M4 52L${34 + i * 3} ${66 + i * 8}M196 52L${166 - i * 3} ${66 + i * 8}`, '#d9c8a2', 2)).join('') + R(28, 58, 8, 58, 4, '#7d5435') + R(164, 58, 8, 58, 4, '#7d5435') + P('M34 62Q100 158 166 62V110Q100 190 34 110Z', d.pattern('stripes', c1, '#f6ead0')) + P('M34 62Q100 158 166 62Q100 142 34 62Z', dk(c1, 0.35), 'opacity=".5"') + range(12).map((i) => { const t = i / 11; const y = 110 + 40 * 4 * t * (1 - t); return S(`M${36 + t * 128} ${y}v14`, lt(c1, 0.3), 2.2); }).join('') };
  },
  birdbath(d, { c1 }) {
    return { w: 100, n: 'bird bath', s: P('M84 96H116L128 182H72Z', d.g(c1)) + R(58, 176, 84, 14, 5, d.g(dk(c1, 0.1))) + P('M14 66H186Q174 104 100 106Q26 104 14 66Z', d.g(c1)) + E(100, 66, 86, 15, lt(c1, 0.25)) + E(100, 67, 74, 10, '#8abadd') + E(84, 65, 30, 3.5, '#d6eaf3', 'opacity=".8"') };
  },
  parasol(d, { c1 }) {
    return { w: 70, n: 'open parasol', s: R(95, 30, 10, 160, 4, d.g('#a87444')) + P('M4 92Q24 16 100 12Q176 16 196 92Q180 80 164 92Q148 80 132 92Q116 80 100 92Q84 80 68 92Q52 80 36 92Q20 80 4 92Z', d.v(c1)) + P('M68 92Q72 40 100 12Q128 40 132 92Q116 80 100 92Q84 80 68 92Z', lt(c1, 0.28)) + P('M4 92Q24 16 100 12Q48 40 36 92Q20 80 4 92Z', lt(c1, 0.2)) + C(100, 10, 6, '#7d5435') };
  },
  tap(d, { c1 }) {
    return { w: 90, n: 'high-arc kitchen tap', s: S('M78 180V66Q78 22 120 22Q160 22 160 66V92', dk(c1, 0.2), 24) + S('M78 180V66Q78 22 120 22Q160 22 160 66V92', c1, 19) + S('M74 176V66Q76 28 114 24', lt(c1, 0.5), 4) + R(146, 88, 28, 18, 5, d.g(dk(c1, 0.1))) + R(54, 168, 48, 22, 7, d.g(c1)) + S('M98 142L136 128', dk(c1, 0.1), 12) + P('M160 118Q170 134 160 142Q150 134 160 118Z', '#5aa9d6') };
  },
  rail(d, { c1 }) {
    return { w: 150, hang: true, n: 'grip rail', s: S('M26 78V112H174V78', dk(c1, 0.2), 24) + S('M26 78V112H174V78', c1, 19) + S('M36 107H168', lt(c1, 0.6), 4) + [26, 174].map((q) => C(q, 66, 25, d.o(c1)) + [0, 120, 240].map((a) => `<circle cx="${q}" cy="50" r="4" fill="#6c727a" transform="rotate(${a} ${q} 66)"/>`).join('')).join('') };
  },
};

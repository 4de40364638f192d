// Jars, bottles, bags and boxes: what food, soap and paint come in.
import { R, C, E, P, S, G, lt, dk, mix, shine, range } from '../draw.mjs';

const label = (d, x, y, w, h, c, icon, ink) => R(x, y, w, h, 5, c) + R(x + 3.5, y + 3.5, w - 7, h - 7, 3, 'none', `stroke="${ink}" stroke-width="1.4" opacity=".5"`) +
  (icon ? d.icon(icon, x + w / 2, y + h * 0.44, Math.min(w, h) * 0.56) : '') + R(x + w * 0.3, y + h - 13, w * 0.4, 3, 1.5, ink, 'opacity=".65"');
const paper = (c) => (c === undefined ? '#f3ead8' : c);

export const packs = {
  jar(d, { c1 = '#c4663f', c2, x }) {
    const lid = c2 && c2 !== '#f3ead8' ? c2 : dk(c1, 0.25);
    return { w: 120, n: `glass jar${x ? ` with ${x} on the label` : ''}`, s:
      P('M48 62Q40 70 40 84V170Q40 190 60 190H140Q160 190 160 170V84Q160 70 152 62Z', '#dfe9ea') +
      P('M46 82Q44 86 44 92V168Q44 186 62 186H138Q156 186 156 168V92Q156 86 154 82Z', d.g(c1)) +
      R(46, 34, 108, 28, 7, d.g(lid)) + R(46, 50, 108, 4, 0, dk(lid, 0.2), 'opacity=".5"') +
      label(d, 58, 92, 84, 76, '#f8f1e3', x, dk(c1, 0.35)) + shine('M51 92V166', 5, 0.5) };
  },
  bottle(d, { c1 = '#7d5435', c2, x }) {
    return { w: 84, n: `bottle${x ? ` with ${x} on the label` : ''}`, s:
      P('M84 40H116V70Q116 82 130 92Q142 101 142 116V176Q142 190 128 190H72Q58 190 58 176V116Q58 101 70 92Q84 82 84 70Z', d.g(c1)) +
      R(82, 14, 36, 28, 6, d.g(c2 && c2 !== '#f3ead8' ? c2 : dk(c1, 0.3))) + R(84, 42, 32, 5, 0, dk(c1, 0.25)) +
      label(d, 62, 112, 76, 64, '#f8f1e3', x, dk(c1, 0.3)) + shine('M66 106V178', 4, 0.4) };
  },
  pump(d, { c1 = '#538e52', c2, x }) {
    return { w: 92, n: `pump bottle${x ? ` with ${x} on the label` : ''}`, s:
      R(94, 34, 12, 34, 2, '#e9e5dc') + P('M70 24H108Q116 24 116 32V40H84V36H70Q62 36 62 30Q62 24 70 24Z', '#f2eee6') + R(84, 56, 32, 16, 4, '#e3ded3') +
      R(54, 70, 92, 120, 20, d.g(c1)) + label(d, 64, 92, 72, 76, paper(c2), x, dk(c1, 0.3)) + shine('M61 92V172', 4, 0.4) };
  },
  dropper(d, { c1 = '#614432', c2, x }) {
    return { w: 76, n: 'small glass bottle with a dropper', s:
      R(86, 14, 28, 36, 12, d.g('#3a3d43')) + R(80, 46, 40, 24, 4, d.g('#c3a468')) +
      P('M80 70H120Q140 78 140 98V174Q140 190 124 190H76Q60 190 60 174V98Q60 78 80 70Z', d.g(c1)) + label(d, 64, 106, 72, 62, paper(c2), x, dk(c1, 0.3)) + shine('M68 96V176', 4, 0.4) };
  },
  pouch(d, { c1 = '#a7432f', c2, x }) {
    return { w: 136, n: `stand-up pouch${x ? ` with ${x} on the label` : ''}`, s:
      P('M44 22H156L160 150Q166 190 150 190H50Q34 190 40 150Z', d.g(c1)) + P('M44 22H156L156.6 40H43.4Z', lt(c1, 0.28)) + S('M48 44H152', dk(c1, 0.3), 2, 'stroke-dasharray="5 4"') +
      C(100, 31, 5, dk(c1, 0.35)) + C(100, 108, 44, '#f8f1e3') + C(100, 108, 39, 'none', `stroke="${c2 && c2 !== '#f3ead8' ? c2 : dk(c1, 0.1)}" stroke-width="2.5"`) + (x ? d.icon(x, 100, 106, 50) : '') +
      R(72, 164, 56, 5, 2.5, lt(c1, 0.55)) + shine('M52 54L48 150', 5, 0.22) };
  },
  sack(d, { c1 = '#d2b48c', c2 = '#f3ead8', x }) {
    return { w: 146, n: `sack${x ? ` with ${x} printed on it` : ''}`, s:
      P('M52 46Q34 70 32 120Q30 176 44 190H156Q170 176 168 120Q166 70 148 46Z', d.g(c2)) + P('M50 14H150L142 46Q146 52 142 56H58Q54 52 58 46Z', d.g(dk(c2, 0.06))) +
      S('M56 51H144', c1, 6) + R(52, 84, 96, 78, 6, c1) + R(57, 89, 86, 68, 4, 'none', `stroke="${lt(c1, 0.5)}" stroke-width="1.6"`) + (x ? d.icon(x, 100, 120, 52) : '') + R(78, 150, 44, 4, 2, lt(c1, 0.6)) +
      shine('M44 96Q40 130 46 172', 6, 0.35) };
  },
  tin(d, { c1 = '#2b5843', c2, x }) {
    const b = c2 ?? '#f3ead8';
    return { w: 116, n: `tin${x ? ` with ${x} on it` : ''}`, s:
      R(42, 44, 116, 146, 10, d.g(c1)) + R(38, 24, 124, 34, 9, d.g(dk(c1, 0.18))) + R(38, 46, 124, 5, 0, dk(c1, 0.35), 'opacity=".5"') +
      P('M42 78H158V84H42ZM42 168H158V174H42Z', b, 'opacity=".9"') + E(100, 126, 38, 34, '#f8f1e3') + E(100, 126, 34, 30, 'none', `stroke="${mix(b, c1, 0.3)}" stroke-width="2"`) + (x ? d.icon(x, 100, 126, 42) : '') + shine('M52 92V160', 6, 0.25) };
  },
  carton(d, { c1 = '#b9562e', c2, x }) {
    const plain = x === 'plain';
    return { w: 150, n: plain ? 'lidded box' : `box${x && x !== 'gift' ? ` with ${x} on the front` : ''}`, s:
      P('M30 66L52 44H174L154 66Z', lt(c1, 0.35)) + P('M154 66L174 44V164L154 190Z', dk(c1, 0.22)) + R(30, 66, 124, 124, 3, d.v(c1)) +
      (plain ? R(30, 66, 124, 26, 3, dk(c1, 0.1)) + R(70, 116, 44, 30, 4, '#f8f1e3') + R(78, 127, 28, 3, 1, '#8d8376') + R(80, 102, 24, 6, 3, dk(c1, 0.4))
        : x === 'gift' ? R(82, 66, 18, 124, 0, dk(c1, 0.35)) + P('M82 66L104 44H122L100 66Z', dk(c1, 0.25)) + S('M91 62Q60 30 66 58Q80 62 91 62Q122 30 118 56Q104 64 91 62', dk(c1, 0.4), 6)
          : R(42, 84, 100, 86, 6, '#f8f1e3') + R(42, 84, 100, 14, 6, c2 ?? dk(c1, 0.2)) + d.icon(x ?? 'package', 92, 132, 56)) };
  },
  sachets(d, { c1, c2, x }) {
    const one = (c, t) => G(P('M70 60H130L132 186H68Z', d.g(c)) + R(70, 60, 60, 14, 0, lt(c, 0.3)) + C(100, 124, 20, '#f8f1e3') + d.icon('leafy-green', 100, 124, 24), t);
    return { w: 150, n: 'fan of tea sachets', s: one('#3d72b4', 'rotate(-26 100 190)') + one(c1, 'rotate(-9 100 190)') + one(c2, 'rotate(9 100 190)') + one('#e8a838', 'rotate(26 100 190)') };
  },
  seedpacket(d, { c1, c2, x }) {
    return { w: 112, n: `paper seed packet with ${x}`, s: R(44, 24, 112, 166, 4, d.v('#f5ecd9')) + P('M44 24H156V46L150 42L144 46L138 42L132 46L126 42L120 46L114 42L108 46L102 42L96 46L90 42L84 46L78 42L72 46L66 42L60 46L54 42L48 46L44 42Z', c1) +
      R(54, 58, 92, 92, 8, lt(c1, 0.62)) + d.icon(x, 100, 104, 70) + R(64, 160, 72, 5, 2, c1) + R(76, 171, 48, 4, 2, mix(c1, '#f5ecd9', 0.4)) };
  },
  bar(d, { c1, c2, x }) {
    return { w: 150, n: 'wrapped bar', s: G(R(28, 92, 150, 70, 5, d.v(c1)) + R(60, 92, 86, 70, 0, '#f8f1e3') + R(60, 92, 86, 5, 0, c2) + R(60, 157, 86, 5, 0, c2) + d.icon(x, 103, 127, 46) + R(20, 96, 12, 62, 2, d.v(mix(c2, '#d8d3c6', 0.5))) + R(174, 96, 12, 62, 2, d.v(mix(c2, '#d8d3c6', 0.5))), 'rotate(-8 100 130) translate(-3 26)') };
  },
  tube(d, { c1, c2, x }) {
    return { w: 66, n: 'tube', s: P('M66 20H134L126 158H74Z', d.g(c1)) + R(64, 14, 72, 12, 2, lt(c1, 0.3)) + R(74, 158, 52, 32, 6, d.g(c2)) + C(100, 84, 25, '#f8f1e3') + d.icon(x, 100, 84, 32) + R(84, 122, 32, 4, 2, lt(c1, 0.6)) };
  },
  soap(d, { c1, c2, x }) {
    const cake = (y, c) => x === 'round' ? E(100, y + 20, 62, 26, d.g(dk(c, 0.12))) + E(100, y + 8, 62, 26, d.v(lt(c, 0.1))) + E(100, y + 8, 40, 15, 'none', `stroke="${dk(c, 0.15)}" stroke-width="2"`)
      : R(36, y, 128, 48, 16, d.g(dk(c, 0.08))) + R(36, y - 8, 128, 44, 18, d.v(lt(c, 0.16))) + R(58, y + 4, 84, 20, 10, 'none', `stroke="${dk(c, 0.14)}" stroke-width="2"`);
    return { w: 136, n: 'bar of soap', s: cake(142, c1) + (c2 && x !== 'round' ? R(82, 132, 36, 60, 2, c2, 'opacity=".95"') + R(82, 158, 36, 3, 0, dk(c2, 0.2)) : c2 ? cake(110, c2) : '') };
  },
  jerrycan(d, { c1, c2, x }) {
    return { w: 110, n: 'can of car shampoo', s: P('M46 74Q46 56 64 54L74 40H132Q154 40 154 62V176Q154 190 140 190H60Q46 190 46 176Z', d.g(c1)) + R(66, 22, 34, 24, 5, d.g(c2)) + P('M112 58H132Q138 58 138 66V90Q138 96 132 96Q126 96 126 90V72H112Q106 72 106 65Q106 58 112 58Z', dk(c1, 0.35)) + label(d, 56, 102, 84, 70, '#f8f1e3', x, c2) };
  },
  spray(d, { c1, c2, x }) {
    return { w: 74, n: 'spray can', s: R(84, 18, 32, 20, 5, d.g('#e9e5dc')) + P('M66 58Q66 38 84 38H116Q134 38 134 58Z', d.g(c2)) + R(64, 56, 72, 134, 8, d.g(c1)) + C(100, 120, 28, '#f8f1e3') + d.icon(x, 100, 120, 38) + R(64, 166, 72, 6, 0, c2) };
  },
  paintcan(d, { c1, x }) {
    return { w: 136, n: x === 'wood' ? 'tin of wood oil' : 'open paint can', s: S('M36 70Q100 -16 164 70', '#8e939a', 4) + R(34, 66, 132, 124, 8, d.g('#cfd4d9')) + R(34, 88, 132, 76, 0, d.g(c1)) + E(100, 66, 66, 18, '#b7bdc3') + E(100, 66, 58, 14, dk(c1, 0.08)) + E(96, 64, 44, 9, lt(c1, 0.12)) +
      P('M44 72Q46 112 56 112Q62 112 62 92V78Z', lt(c1, 0.05)) + R(72, 106, 60, 42, 4, '#f8f1e3') + (x === 'wood' ? d.icon('wood', 102, 126, 30) : C(102, 124, 11, c1) + R(84, 139, 36, 3, 1, '#8d8376')) };
  },
  canister(d, { c1 = '#cfe4e8', c2 = '#a87444' }) {
    return { w: 112, n: 'glass canister with a wooden lid', s: R(44, 52, 112, 138, 16, '#e4eeef') + R(50, 92, 100, 92, 12, d.g('#e8dcc0')) + range(16).map((i) => C(60 + (i * 37) % 82, 104 + (i * 23) % 72, 4.5, i % 3 ? '#d9c79d' : '#f1e8d2')).join('') + R(40, 28, 120, 28, 8, d.g(c2)) + S('M48 42H152', dk(c2, 0.2), 1.5) + shine('M54 68V172', 5, 0.7) };
  },
  flask(d, { c1 }) {
    return { w: 76, n: 'insulated bottle', s: S('M88 26Q100 2 112 26', dk(c1, 0.35), 6) + R(76, 22, 48, 32, 7, d.g('#b9c1c8')) + P('M76 54H124Q138 62 138 80V174Q138 190 122 190H78Q62 190 62 174V80Q62 62 76 54Z', d.g(c1)) + R(62, 166, 76, 6, 0, dk(c1, 0.2)) + C(100, 112, 12, 'none', `stroke="${lt(c1, 0.5)}" stroke-width="3"`) + shine('M71 82V156', 5, 0.4) };
  },
  babybottle(d, { c1 }) {
    return { w: 76, n: 'glass feeding bottle', s: P('M88 40Q88 16 100 14Q112 16 112 40Z', '#ead2a8') + R(72, 38, 56, 22, 6, d.g(c1)) + R(66, 60, 68, 130, 20, '#e9f1f2') + R(70, 98, 60, 88, 16, '#fffaf0') + R(66, 120, 68, 62, 12, d.g(c1), 'opacity=".85"') + range(4).map((i) => R(116, 74 + i * 11, 10, 2, 1, '#8fa5ad')).join('') + shine('M74 78V172', 4, 0.6) };
  },
  candle(d, { c1, c2, x }) {
    const flame = (y) => P(`M100 ${y - 26}Q112 ${y - 8} 100 ${y}Q88 ${y - 8} 100 ${y - 26}Z`, '#f2b632') + P(`M100 ${y - 15}Q105 ${y - 5} 100 ${y - 1}Q95 ${y - 5} 100 ${y - 15}Z`, '#fff3c8') + S(`M100 ${y}V${y + 9}`, '#4b4038', 2.5);
    return x === 'pillar' ? { w: 76, n: 'burning pillar candle', s: C(100, 36, 40, '#f7d98a', 'opacity=".35"') + flame(46) + R(62, 54, 76, 136, 7, d.g(c1)) + E(100, 55, 38, 8, lt(c1, 0.35)) + range(5).map((r) => range(4).map((i) => P(`M${71 + i * 19} ${76 + r * 22}l8 -5l8 5v9l-8 5l-8 -5Z`, 'none', `stroke="${dk(c1, 0.14)}" stroke-width="1.3"`)).join('')).join('') }
      : { w: 118, n: 'burning candle in a coconut shell', s: C(100, 66, 46, '#f7d98a', 'opacity=".35"') + flame(86) + E(100, 98, 66, 17, dk(c2, 0.1)) + E(100, 98, 57, 12, c1) + P('M34 98Q36 190 100 190Q164 190 166 98Q150 116 100 116Q50 116 34 98Z', d.g(c2)) + range(9).map((i) => S(`M${48 + i * 13} ${124 + (i % 3) * 6}v${14 + (i % 4) * 5}`, lt(c2, 0.2), 1.5, 'opacity=".5"')).join('') };
  },
  incense(d, { c1, c2, x }) {
    return { w: 130, n: x === 'lotus' ? 'brass lotus holder with an incense stick' : 'bundle of incense sticks with a rising thread of smoke', s: S('M104 44Q88 28 104 14Q118 4 108 -8', '#b9b4aa', 4, 'opacity=".6"') +
      (x === 'lotus' ? S('M100 160L104 46', '#6b4a35', 4) + C(104, 46, 3.5, '#d2552e') + range(7).map((i) => `<path transform="rotate(${(i - 3) * 24} 100 178)" d="M100 178C84 160 90 138 100 128C110 138 116 160 100 178Z" fill="${d.g(i % 2 ? c1 : lt(c1, 0.2))}"/>`).join('') + E(100, 180, 56, 11, d.g(dk(c1, 0.1)))
        : range(7).map((i) => S(`M100 178L${74 + i * 9} ${50 + Math.abs(i - 3) * 6}`, i % 2 ? c1 : dk(c1, 0.2), 4.5)).join('') + C(104, 52, 3.5, '#d2552e') + P('M84 132H116L122 190H78Z', d.g(c2)) + R(82, 146, 36, 8, 0, dk(c2, 0.25))) };
  },
};

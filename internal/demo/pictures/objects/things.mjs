// Toys, tools, sport, jewelry, pets, ceremony and the road.
import { R, C, E, P, S, G, lt, dk, mix, shine, range } from '../draw.mjs';

export const things = {
  tapes(d, { c1, c2 }) {
    const roll = (x, y, r, c) => C(x, y, r, d.o(c)) + range(3).map((i) => C(x, y, r - 6 - i * 7, 'none', `stroke="${dk(c, 0.12)}" stroke-width="1.4"`)).join('') + C(x, y, r * 0.5, '#d9c8a2') + C(x, y, r * 0.4, '#8d7c5f');
    return { w: 140, n: 'roll of tape', s: roll(84, 118, 72, c1) + P('M84 190H176L184 178V190L176 200H84Z', 'none') + R(84, 176, 92, 14, 2, d.v(lt(c1, 0.1))) + (c2 ? R(150, 170, 18, 24, 3, '#c3c9cf') : '') };
  },
  brush(d, { c1, c2 }) {
    return { w: 90, n: 'wall brush', s: G(P('M86 6H114Q120 50 116 86H84Q80 50 86 6Z', d.g(c1)) + C(100, 20, 6, dk(c1, 0.5)) + R(50, 82, 100, 34, 5, d.g('#b9c1c8')) + C(60, 99, 2.5, '#6c727a') + C(140, 99, 2.5, '#6c727a') + P('M52 116H148L142 182Q124 192 100 188Q76 192 58 182Z', d.g(c2)) + range(9).map((i) => S(`M${62 + i * 10} 122L${66 + i * 8.6} 182`, lt(c2, 0.25), 1.6)).join(''), 'rotate(10 100 100)') };
  },
  roller(d, { c1, c2 }) {
    return { w: 130, n: 'paint roller', s: S('M160 46H178V92H96V128', '#8e939a', 7) + R(16, 20, 148, 54, 16, d.v(c2)) + R(16, 20, 148, 54, 16, d.pattern('speckle', c1), 'opacity=".75"') + R(20, 24, 140, 14, 7, '#fff', 'opacity=".25"') + P('M82 124H110L116 184Q116 192 106 192H86Q76 192 76 184Z', d.g('#c4663f')) };
  },
  level(d, { c1, c2 }) {
    return { w: 180, n: 'spirit level', s: R(2, 92, 196, 54, 6, d.v(c1)) + R(2, 92, 196, 8, 3, lt(c1, 0.35)) + R(76, 106, 48, 26, 6, '#f6f2ea') + R(80, 110, 40, 18, 9, c2) + E(100, 119, 10, 7, lt(c2, 0.6)) + S('M90 110V128M110 110V128', '#3a3d43', 2) + C(26, 119, 14, '#f6f2ea') + R(18, 114, 16, 10, 5, c2) + C(174, 119, 14, '#f6f2ea') + R(169, 111, 10, 16, 5, c2) };
  },
  screws(d, { c1 }) {
    return { w: 150, n: 'box of assorted screws', s: P('M14 82L40 46H160L186 82Z', '#dfe9ec', 'opacity=".9"') + R(14, 82, 172, 108, 8, d.v('#e4eced')) + range(2).map((r) => range(4).map((i) => R(22 + i * 40, 92 + r * 48, 36, 42, 4, '#c9d5d8') + range(4).map((k) => G(R(-2.4, 0, 4.8, 22, 2, ['#d8aa4b', '#b7bdc3', '#bb734d', '#8e939a'][(i + r) % 4]) + E(0, 0, 6, 3, ['#e7c678', '#dde2e6', '#d6926d', '#b7bdc3'][(i + r) % 4]), `translate(${30 + i * 40 + (k % 2) * 16} ${100 + r * 48 + (k > 1 ? 8 : 0)}) rotate(${k * 37 - 40})`)).join('')).join('')).join('') + R(86, 60, 28, 12, 4, c1) };
  },
  hook(d, { c1 }) {
    return { w: 60, n: 'brass cup hook', s: R(94, 4, 12, 54, 2, d.g(dk(c1, 0.1))) + range(5).map((i) => S(`M92 ${12 + i * 9}l16 5`, dk(c1, 0.3), 2.5)).join('') + E(100, 62, 26, 9, d.g(c1)) + S('M100 66V104Q100 120 118 124Q150 132 146 160Q140 186 104 184Q72 180 66 150', dk(c1, 0.12), 17) + S('M100 66V104Q100 120 118 124Q150 132 146 160Q140 186 104 184Q72 180 66 150', c1, 12) + C(66, 148, 9, d.o(lt(c1, 0.1))) };
  },
  padlock(d, { c1, x }) {
    return { w: 100, n: x === 'combo' ? 'combination lock' : 'brass padlock', s: S('M62 100V66Q62 22 100 22Q138 22 138 66V100', '#8e939a', 17) + S('M58 96V66Q60 28 94 22', '#dfe3e6', 4) + R(38, 92, 124, 98, 14, d.g(c1)) + (x === 'combo' ? range(3).map((i) => R(52 + i * 34, 118, 28, 46, 5, '#f6f2ea') + S(`M${60 + i * 34} 134h12M${60 + i * 34} 148h12`, '#3a3d43', 4)).join('') : C(100, 132, 12, '#3a3631') + P('M94 136H106L110 164H90Z', '#3a3631') + R(46, 100, 108, 5, 2, lt(c1, 0.4))) };
  },
  drill(d, { c1, c2 }) {
    return { w: 120, n: 'cordless drill', s: S('M18 62H2', '#b7bdc3', 6) + P('M18 48L52 40V86L18 76Z', d.g('#8e939a')) + R(50, 30, 124, 62, 16, d.v(c1)) + R(64, 38, 46, 46, 8, c2) + range(4).map((i) => R(128 + i * 9, 44, 5, 34, 2, c2)).join('') + P('M112 90H160L172 152H122Z', d.g(c2)) + P('M108 96Q98 112 110 122L118 122L112 92Z', '#c63d36') + R(96, 150, 98, 40, 8, d.v(c1)) + R(106, 160, 40, 8, 3, '#f2b632') };
  },
  rope(d, { c1, c2, x }) {
    if (x === 'skip') return { w: 140, n: 'skipping rope with wooden grips', s: S('M50 60Q0 150 60 176Q110 194 140 160Q176 110 120 104Q70 104 84 140Q96 168 140 140Q176 112 150 60', c1, 6) + G(R(-11, -46, 22, 56, 10, d.g(c2)), 'translate(48 52) rotate(-12)') + G(R(-11, -46, 22, 56, 10, d.g(c2)), 'translate(152 52) rotate(12)') };
    const strand = (y, c) => E(100, y, 76, 22, 'none', `stroke="${c}" stroke-width="20"`) + E(100, y, 76, 22, 'none', `stroke="${dk(c, 0.22)}" stroke-width="20" stroke-dasharray="2.5 8"`);
    return { w: 150, n: 'coil of rope', s: range(5).map((i) => strand(164 - i * 19, i % 2 ? c1 : lt(c1, 0.1))).join('') + R(88, 66, 24, 122, 6, d.v(c2 ?? dk(c1, 0.25))) + S('M168 84Q196 60 182 34', c1, 13) };
  },
  toothbrush(d, { c1, c2 }) {
    return { w: 40, n: 'bamboo toothbrush', s: P('M90 8Q100 -2 110 8V60Q106 80 107 100L109 178Q109 190 100 190Q91 190 91 178L93 100Q94 80 90 60Z', d.g(c1)) + R(84, 10, 11, 48, 4, c2) + range(6).map((i) => S(`M78 ${15 + i * 8}H90`, lt(c2, 0.35), 4)).join('') + S('M100 112V164', dk(c1, 0.2), 2) };
  },
  comb(d, { c1 }) {
    return { w: 150, flat: true, n: 'wide-tooth wooden comb', s: G(P('M8 66Q100 34 192 66V106H8Z', d.v(c1)) + range(14).map((i) => P(`M${14 + i * 12.6} 100H${23 + i * 12.6}L${21 + i * 12.6} 166Q${18.5 + i * 12.6} 170 ${16 + i * 12.6} 166Z`, d.v(c1))).join('') + S('M24 74Q100 48 176 74', lt(c1, 0.3), 3), 'rotate(-12 100 100)') };
  },
  hairbrush(d, { c1, c2 }) {
    return { w: 70, n: 'round hairbrush', s: G(R(91, 100, 18, 92, 9, d.g(c1)) + R(66, 6, 68, 104, 30, d.g(c1)) + R(74, 14, 52, 88, 24, '#c4663f') + range(8).map((r) => range(5).map((i) => C(82 + i * 9, 24 + r * 10, 2.4, c2)).join('')).join(''), 'rotate(14 100 100)') };
  },
  earrings(d, { c1, c2, x }) {
    const one = (cx) => x === 'hoop' ? C(cx, 112, 38, 'none', `stroke="${dk(c1, 0.15)}" stroke-width="11"`) + C(cx, 112, 38, 'none', `stroke="${c1}" stroke-width="7"`) + C(cx, 112, 38, 'none', `stroke="${lt(c1, 0.5)}" stroke-width="3" stroke-dasharray="7 12"`) : x === 'stud' ? C(cx, 112, 37, d.o(c1)) + C(cx, 112, 28, 'none', `stroke="${lt(c1, 0.2)}" stroke-width="2"`) + C(cx, 112, 9, d.o(c2)) : S(`M${cx} 60Q${cx + 18} 34 ${cx} 28Q${cx - 16} 30 ${cx - 12} 48`, c1, 4.5) + C(cx, 70, 9, d.o(c1)) + P(`M${cx} 78Q${cx + 40} 130 ${cx} 168Q${cx - 40} 130 ${cx} 78Z`, d.g(c1)) + P(`M${cx} 96Q${cx + 25} 132 ${cx} 156Q${cx - 25} 132 ${cx} 96Z`, d.o(mix(c2, '#ffffff', 0.4))) + E(cx - 6, 124, 4, 9, '#fff', 'opacity=".8"');
    return { w: 130, flat: true, n: 'pair of earrings', s: one(52) + one(148) };
  },
  necklace(d, { c1, c2, x }) {
    const arc = range(23).map((i) => { const t = Math.PI * (0.06 + 0.88 * (i / 22)); return [100 - 82 * Math.cos(t), 26 + 118 * Math.sin(t)]; });
    return { w: 110, flat: true, n: x === 'mala' ? 'string of prayer beads with a tassel' : x === 'beads' ? 'bead necklace' : 'necklace with a pendant', s: (x === 'beads' ? [0.82, 0.91, 1].map((k, r) => arc.map(([a, b], i) => C(100 + (a - 100) * k, 26 + (b - 26) * k, 5.4, d.o((i + r) % 5 === 0 ? c2 : r === 1 ? lt(c1, 0.25) : c1))).join('')).join('') : x === 'mala' ? arc.map(([a, b]) => C(a, b - 12, 8, d.o(c1))).join('') + C(100, 142, 12, d.o(dk(c1, 0.2))) + P('M92 152H108L116 192H84Z', d.v(c2)) : S(`M${arc.map((p) => p.join(' ')).join('L')}`, c1, x === 'leaf' ? 4 : 3.4, x === 'leaf' ? '' : 'stroke-dasharray="4 2.6"') + (x === 'leaf' ? P('M100 140C134 146 136 176 100 198C64 176 66 146 100 140Z', d.g(c2)) + S('M100 144V192M100 158L118 152M100 158L82 152M100 172L116 168M100 172L84 168', dk(c2, 0.3), 2) : C(100, 158, 19, d.o(c1)) + P('M100 144L114 156L100 174L86 156Z', d.o(c2)) + P('M100 144L106 156H94Z', '#fff', 'opacity=".6"'))) };
  },
  bangle(d, { c1, c2, x }) {
    if (x === 'bands') return { w: 150, n: 'flat resistance bands in five colors', s: range(5).map((i) => { const c = ['#e67f66', '#e8a838', '#538e52', '#20827d', '#3c4d8a'][i]; return R(18 + i * 5, 34 + i * 31, 164 - i * 10, 28, 14, 'none', `stroke="${c}" stroke-width="11"`) + R(18 + i * 5, 34 + i * 31, 164 - i * 10, 28, 14, 'none', `stroke="${lt(c, 0.35)}" stroke-width="2"`); }).join('') };
    return { w: 130, n: x === 'braid' ? 'braided bracelet with a bead' : 'silver bangle', s: E(100, 118, 80, 64, 'none', `stroke="${dk(c1, 0.25)}" stroke-width="26"`) + E(100, 114, 80, 64, 'none', `stroke="${c1}" stroke-width="22"`) + (x === 'filigree' ? range(30).map((i) => { const a = (i * Math.PI) / 15; return C(100 + 80 * Math.cos(a), 114 + 64 * Math.sin(a), 6.5, 'none', `stroke="${i % 2 ? '#ffffff' : dk(c1, 0.3)}" stroke-width="2.2"`); }).join('') : E(100, 114, 80, 64, 'none', `stroke="${lt(c1, 0.4)}" stroke-width="8" stroke-dasharray="6 6"`) + C(100, 178, 15, d.o(c2)) + S('M66 172Q50 190 58 200M134 172Q150 190 142 200', c1, 6)) + S('M30 96Q44 62 84 54', '#fff', 4, 'opacity=".6"') };
  },
  ring(d, { c1, c2 }) {
    return { w: 100, n: 'ring', s: E(100, 132, 56, 58, 'none', `stroke="${dk(c1, 0.25)}" stroke-width="17"`) + E(100, 130, 56, 58, 'none', `stroke="${c1}" stroke-width="13"`) + S('M52 112Q60 84 84 78', '#fff', 4, 'opacity=".75"') + (c2 ? P('M70 64L84 40H116L130 64L116 84H84Z', d.g(c1)) + P('M78 62L88 46H112L122 62L100 84Z', d.o(c2)) + P('M88 46H112L106 60H94Z', lt(c2, 0.45)) : '') };
  },
  watch(d, { c1, c2 }) {
    return { w: 90, flat: true, n: 'wristwatch', s: P('M72 4H128L134 62H66Z', d.g(c1)) + P('M66 138H134L126 198H74Z', d.g(c1)) + range(4).map((i) => C(100, 156 + i * 10, 2.4, dk(c1, 0.5))).join('') + C(100, 100, 54, d.o(c2)) + C(100, 100, 43, '#fbf6ea') + range(12).map((i) => `<rect x="98" y="62" width="4" height="${i % 3 ? 6 : 10}" rx="1" fill="#3a3631" transform="rotate(${i * 30} 100 100)"/>`).join('') + S('M100 100L82 84', '#3a3631', 5) + S('M100 100L118 74', '#3a3631', 3.6) + S('M100 106L96 68', '#c63d36', 1.8) + C(100, 100, 4, '#c63d36') + R(152, 94, 12, 12, 3, dk(c2, 0.15)) };
  },
  mask(d, { c1, c2, x }) {
    const peacock = x === 'mayura';
    return { w: 110, hang: true, n: peacock ? 'carved peacock mask' : 'carved cobra mask', s: range(7).map((i) => `<g transform="rotate(${(i - 3) * 24} 100 110)">${peacock ? E(100, 26, 14, 26, d.v('#2b7a6b')) + C(100, 18, 8, c2) + C(100, 18, 4, '#3c4d8a') : S('M100 76Q84 46 100 26', '#2b5843', 12) + E(100, 22, 12, 14, d.v('#538e52')) + C(95, 19, 2.6, '#f2cd4f') + C(105, 19, 2.6, '#f2cd4f')}</g>`).join('') + P('M50 92Q50 56 100 54Q150 56 150 92Q156 142 130 172Q100 196 70 172Q44 142 50 92Z', d.g(c1)) + C(76, 104, 19, '#fffaf0') + C(124, 104, 19, '#fffaf0') + C(76, 105, 10, '#2a2b2e') + C(124, 105, 10, '#2a2b2e') + C(73, 101, 3, '#fff') + C(121, 101, 3, '#fff') + S('M54 82Q76 68 92 86M146 82Q124 68 108 86', c2, 7) + P('M90 118Q100 112 110 118L114 136H86Z', dk(c1, 0.25)) + P('M68 146Q100 136 132 146Q128 174 100 176Q72 174 68 146Z', '#5a1f1d') + R(76, 145, 48, 9, 2, '#fffaf0') + P('M80 154L86 168L92 154ZM108 154L114 168L120 154Z', '#fffaf0') + C(46, 128, 12, d.o(c2)) + C(154, 128, 12, d.o(c2)) };
  },
  bunting(d, { c1, c2 }) {
    return { w: 120, hang: true, n: 'paper bunting', s: [28, 104].map((y0, r) => S(`M-20 ${y0}Q100 ${y0 + 70} 220 ${y0}`, '#8d7c5f', 3) + range(7).map((i) => { const t = (i + 0.5) / 7; const y = y0 + 70 * 2 * t * (1 - t); const x0 = -20 + 240 * t; const c = [c1, c2, '#da8f93', '#3d72b4', '#f3ead8'][(i + r * 2) % 5]; return P(`M${x0 - 14} ${y}H${x0 + 14}L${x0} ${y + 38}Z`, d.v(c)) + C(x0, y + 12, 4, '#fffaf0', 'opacity=".8"'); }).join('')).join('') };
  },
  xylophone(d) {
    return { w: 180, flat: true, n: 'small xylophone with two mallets', s: P('M6 60L194 84V120L6 148Z', d.v('#a87444')) + range(8).map((i) => R(14 + i * 22, 38 + i * 5, 17, 128 - i * 10, 5, d.v(['#c63d36', '#e67f66', '#e8a838', '#f2cd4f', '#538e52', '#20827d', '#3d72b4', '#7159a2'][i])) + C(22.5 + i * 22, 50 + i * 5, 2.4, '#fff') + C(22.5 + i * 22, 154 - i * 5, 2.4, '#fff')).join('') + S('M40 188L128 112M176 186L100 132', '#cba470', 6) + C(130, 110, 12, d.o('#7d2b35')) + C(97, 130, 12, d.o('#2b5843')) };
  },
  palette(d) {
    const t = ['#c63d36', '#e8a838', '#f2cd4f', '#538e52', '#20827d', '#3d72b4', '#3c4d8a', '#714468', '#7d5435', '#da8f93', '#8abadd', '#2a2b2e'];
    return { w: 160, flat: true, n: 'tin of watercolors', s: P('M14 94L30 34H170L186 94Z', d.v('#d5dade')) + P('M26 88L38 42H98V88Z', '#fffaf0') + P('M174 88L162 42H102V88Z', '#fffaf0') + C(66, 66, 12, '#8abadd', 'opacity=".7"') + C(136, 64, 13, '#e8a838', 'opacity=".6"') + R(10, 94, 180, 80, 8, d.v('#c3c9cf')) + t.map((c, i) => R(20 + (i % 6) * 27, 104 + Math.floor(i / 6) * 33, 23, 27, 3, '#fff') + R(22 + (i % 6) * 27, 106 + Math.floor(i / 6) * 33, 19, 23, 3, d.v(c))).join('') };
  },
  hoop(d, { c1, c2, x }) {
    return { w: 120, hang: true, n: `embroidery hoop with ${x}`, s: C(100, 106, 84, d.g(c1)) + C(100, 106, 74, '#fbf6ea') + C(100, 106, 74, d.pattern('weave', '#fbf6ea', '#f0e7d5'), 'opacity=".6"') + d.icon('bird', 100, 98, 88) + S('M52 140Q100 164 150 138', '#538e52', 4, 'stroke-dasharray="7 4"') + C(60, 72, 8, '#da8f93') + C(142, 76, 7, '#e8a838') + R(88, 4, 24, 22, 4, d.g('#cda04a')) + R(78, 10, 44, 8, 3, '#b58a3c') };
  },
  stacker(d, { c1, c2 }) {
    return { w: 80, n: 'wooden rattle with three rings', s: R(91, 74, 18, 112, 9, d.g(c1)) + C(100, 182, 14, d.o(lt(c1, 0.1))) + C(100, 54, 40, 'none', `stroke="${c1}" stroke-width="16"`) + [['#5dada4', 60, 64], [c2, 100, 92], ['#f2cd4f', 138, 66]].map(([c, a, b]) => C(a, b, 18, 'none', `stroke="${c}" stroke-width="9"`)).join('') };
  },
  mobile(d, { c1, c2 }) {
    return { w: 110, hang: true, n: 'mobile with felt birds', s: S('M100 -40V30', '#8d7c5f', 3) + E(100, 44, 74, 15, 'none', 'stroke="#cba470" stroke-width="7"') + [[28, 112, c1], [64, 146, '#f2cd4f'], [100, 104, c2], [138, 150, '#97af8a'], [172, 110, '#ab98c8']].map(([a, b, c]) => S(`M${a} 48V${b}`, '#a39880', 1.8) + P(`M${a - 20} ${b + 8}Q${a - 6} ${b - 12} ${a + 10} ${b}L${a + 24} ${b - 6}L${a + 16} ${b + 12}Q${a - 2} ${b + 28} ${a - 20} ${b + 8}Z`, d.v(c)) + P(`M${a - 4} ${b + 4}Q${a + 6} ${b - 2} ${a + 8} ${b + 12}Q${a - 2} ${b + 14} ${a - 4} ${b + 4}Z`, dk(c, 0.2)) + C(a - 12, b + 4, 2, '#3a3631')).join('') };
  },
  bathtub(d) {
    return { w: 170, n: 'folding baby bath', s: P('M10 96H190Q186 172 150 172H50Q14 172 10 96Z', d.g('#abd6c1')) + R(2, 86, 196, 16, 8, d.g('#e9f3ee')) + S('M22 118Q100 132 178 118M28 138Q100 152 172 138', '#6fae94', 3.5) + R(40, 170, 14, 20, 4, '#7fb9a1') + R(146, 170, 14, 20, 4, '#7fb9a1') + [[60, 78, 16], [84, 72, 20], [112, 76, 16], [134, 80, 11]].map(([a, b, r]) => C(a, b, r, d.o('#eef6fb'))).join('') + d.icon('duck', 152, 66, 46) };
  },
  ball(d, { c1, c2, x }) {
    return { w: 100, n: x === 'paw' ? 'rubber ball with paw prints' : x === 'seam' ? 'taped ball' : 'ball', s: C(100, 108, 82, d.o(c1)) + (x === 'paw' ? [[70, 92], [124, 128]].map(([a, b]) => E(a, b + 8, 13, 10, lt(c1, 0.6)) + C(a - 13, b - 6, 5.5, lt(c1, 0.6)) + C(a, b - 11, 5.5, lt(c1, 0.6)) + C(a + 13, b - 6, 5.5, lt(c1, 0.6))).join('') : x === 'seam' ? P('M92 27Q120 106 88 189H112Q142 106 116 28Z', c2, 'opacity=".92"') + S('M96 40Q120 106 94 180M112 40Q136 106 112 178', dk(c1, 0.2), 2, 'stroke-dasharray="6 5"') : S('M20 96Q100 140 180 96', lt(c1, 0.4), 8)) + E(70, 68, 20, 11, '#fff', 'opacity=".35" transform="rotate(-35 70 68)"') };
  },
  petbed(d, { c1, c2 }) {
    return { w: 170, n: 'round pet bed', s: E(100, 148, 94, 42, d.g(c1)) + E(100, 124, 92, 40, d.v(lt(c1, 0.12))) + E(100, 126, 66, 25, dk(c1, 0.18)) + E(100, 132, 62, 20, d.v(c2)) + d.icon('paw-prints', 100, 164, 22) };
  },
  whistle(d, { c1 }) {
    return { w: 100, n: 'training clicker', s: S('M150 80Q200 40 150 12', '#3a3d43', 6) + R(28, 70, 130, 104, 40, d.g(c1)) + C(82, 122, 32, d.v(lt(c1, 0.35))) + C(82, 122, 24, 'none', `stroke="${dk(c1, 0.15)}" stroke-width="3"`) + d.icon('paw-prints', 82, 122, 26) + C(148, 88, 9, '#8e939a') };
  },
  scratcher(d, { c1 }) {
    return { w: 120, n: 'scratching post', s: R(72, 40, 56, 140, 6, d.g(c1)) + range(15).map((i) => S(`M72 ${48 + i * 9}Q100 ${54 + i * 9} 128 ${48 + i * 9}`, dk(c1, 0.25), 2.4)).join('') + E(100, 36, 54, 14, d.v('#d9c8a2')) + S('M146 38V82', '#a39880', 2) + C(146, 90, 10, d.o('#e67f66')) + P('M30 178H170L180 190H20Z', d.v('#a87444')) + d.icon('cat', 46, 148, 62) };
  },
  collar(d, { c1, c2, x }) {
    if (x === 'harness') return { w: 130, n: 'padded harness', s: S('M40 60Q20 130 100 182Q180 130 160 60', c1, 22) + S('M40 60Q100 10 160 60', c1, 18) + S('M34 112Q100 86 166 112', c2, 15) + P('M74 92Q100 76 126 92L120 160Q100 180 80 160Z', d.v(lt(c1, 0.1))) + C(100, 116, 12, 'none', 'stroke="#b9c1c8" stroke-width="6"') + R(28, 76, 24, 18, 4, '#3a3d43') + R(148, 76, 24, 18, 4, '#3a3d43') };
    return { w: 130, n: 'pet collar', s: E(100, 108, 82, 56, 'none', `stroke="${dk(c1, 0.28)}" stroke-width="26"`) + E(100, 102, 82, 56, 'none', `stroke="${c1}" stroke-width="24"`) + E(100, 102, 82, 56, 'none', x === 'studs' ? `stroke="${c2}" stroke-width="9" stroke-dasharray="1 22" stroke-linecap="round"` : `stroke="${lt(c1, 0.5)}" stroke-width="4" stroke-dasharray="9 9"`) + R(78, 142, 44, 34, 6, 'none', `stroke="${c2}" stroke-width="7"`) + S('M100 146V174', c2, 5) + C(146, 172, 16, d.o(c2)) + S('M142 152L146 158', c2, 5) };
  },
  leash(d, { c1, c2 }) {
    return { w: 130, flat: true, n: 'rope leash with a clip', s: S('M60 186Q10 130 50 76Q100 20 150 70Q180 116 130 142Q80 158 74 112Q76 84 108 84Q134 90 126 112', c1, 13) + S('M60 186Q10 130 50 76Q100 20 150 70Q180 116 130 142Q80 158 74 112Q76 84 108 84Q134 90 126 112', lt(c1, 0.45), 4, 'stroke-dasharray="7 8"') + R(50, 164, 18, 20, 4, c2) + S('M62 186L78 206Q92 214 90 196', c2, 8) + R(116, 108, 20, 16, 4, c2) };
  },
  fishtank(d, { c1 }) {
    return { w: 170, n: 'glass aquarium with fish', s: R(8, 56, 184, 126, 6, mix(c1, '#ffffff', 0.35), 'opacity=".95"') + P('M8 82H192V182H8Z', d.v(mix(c1, '#5dada4', 0.35)), 'opacity=".75"') + P('M8 164Q60 146 100 162T192 156V182H8Z', '#dcc7a2') + S('M40 164Q30 130 44 106M52 164Q62 136 52 112M156 160Q146 130 158 104', '#3b7d4c', 6) + d.icon('tropical-fish', 104, 116, 54) + d.icon('tropical-fish', 62, 96, 30) + [[130, 92], [136, 78], [128, 68]].map(([a, b]) => C(a, b, 4, '#fff', 'opacity=".8"')).join('') + R(4, 46, 192, 14, 5, '#3a3d43') + R(4, 178, 192, 12, 4, '#3a3d43') + shine('M18 70V160', 4, 0.6) };
  },
  birdhouse(d, { c1, c2 }) {
    return { w: 110, hang: true, n: 'bird feeder with a roof', s: S('M100 -40V26', '#8d7c5f', 3.5) + P('M18 84L100 18L182 84L170 96L100 42L30 96Z', d.v(c2)) + P('M44 86L100 44L156 86V160H44Z', d.v(c1)) + P('M62 92H138V138H62Z', dk(c1, 0.45)) + P('M62 138Q80 120 100 130T138 126V138Z', '#d6a52e') + R(26, 156, 148, 18, 4, d.v(dk(c1, 0.15))) + d.icon('bird', 150, 134, 50) };
  },
  brasslamp(d, { c1 }) {
    return { w: 100, n: 'brass standing lamp with a cockerel', s: [[60, 62], [80, 68], [120, 68], [140, 62]].map(([a, b]) => C(a, b - 8, 15, '#f9dd93', 'opacity=".5"') + P(`M${a} ${b - 20}Q${a + 8} ${b - 6} ${a} ${b}Q${a - 8} ${b - 6} ${a} ${b - 20}Z`, '#f0a52e')).join('') + P('M92 40Q84 22 98 14Q94 6 104 6Q112 8 110 16L118 20L110 24Q116 34 108 46Z', d.g(c1)) + P('M92 40Q76 34 74 18Q90 22 98 32Z', dk(c1, 0.15)) + R(94, 40, 12, 30, 3, d.g(c1)) + P('M48 64H152Q142 92 100 92Q58 92 48 64Z', d.g(c1)) + E(100, 65, 52, 8, lt(c1, 0.25)) + R(92, 90, 16, 70, 4, d.g(c1)) + [104, 122, 140].map((y) => R(84, y, 32, 9, 4, d.g(lt(c1, 0.08)))).join('') + P('M86 156H114L140 180H60Z', d.g(c1)) + R(50, 178, 100, 12, 5, d.g(dk(c1, 0.12))) };
  },
  vesak(d, { c1, c2 }) {
    return { w: 110, hang: true, n: 'paper Vesak lantern', s: S('M100 -40V24', '#8d7c5f', 3) + C(100, 92, 92, '#f9dd93', 'opacity=".25"') + P('M100 20L152 42L174 92L152 142L100 164L48 142L26 92L48 42Z', d.v(c1)) + P('M100 20L152 42L100 92Z', lt(c1, 0.3)) + P('M174 92L152 142L100 92Z', c2) + P('M100 164L48 142L100 92Z', lt(c1, 0.2)) + P('M26 92L48 42L100 92Z', lt(c2, 0.25)) + C(100, 92, 22, '#fff0c2') + P('M100 20L152 42L174 92L152 142L100 164L48 142L26 92L48 42Z', 'none', 'stroke="#fffaf0" stroke-width="4" stroke-dasharray="3 5"') + [[48, 142], [100, 164], [152, 142]].map(([a, b]) => range(4).map((i) => S(`M${a - 9 + i * 6} ${b}v${34 - Math.abs(i - 1.5) * 4}`, i % 2 ? c2 : '#fffaf0', 3.6)).join('')).join('') };
  },
  bat(d, { c1, c2 }) {
    return { w: 90, n: 'cricket bat with a ball', s: G(R(91, -8, 18, 66, 6, d.g('#3c4d8a')) + range(5).map((i) => S(`M91 ${4 + i * 10}l18 4`, '#5f74b5', 2.4)).join('') + P('M78 58Q100 46 122 58L128 172Q126 192 100 192Q74 192 72 172Z', d.g(c1)) + S('M100 60V184', lt(c1, 0.3), 3) + R(76, 74, 48, 24, 2, c2), 'rotate(13 100 100)') + C(44, 166, 25, d.o('#b0312c')) + S('M30 150Q46 166 44 190', '#f6e6d4', 2.4, 'stroke-dasharray="4 3"') };
  },
  mat(d, { c1 }) {
    return { w: 170, n: 'rolled yoga mat', s: P('M70 132H186Q196 132 196 150V190H70Z', d.v(lt(c1, 0.08))) + R(8, 96, 130, 94, 47, d.v(c1)) + E(138, 143, 26, 47, dk(c1, 0.2)) + [20, 14, 8].map((r, i) => E(138, 143, r, r * 1.75, 'none', `stroke="${i % 2 ? dk(c1, 0.35) : lt(c1, 0.25)}" stroke-width="4.5"`)).join('') + R(46, 95, 14, 96, 4, '#f1e7d3') + R(92, 95, 14, 96, 4, '#f1e7d3') + S('M53 96Q76 30 99 96', '#f1e7d3', 7) };
  },
  kettlebell(d, { c1 }) {
    return { w: 110, n: 'kettlebell', s: S('M66 106Q50 30 100 28Q150 30 134 106', dk(c1, 0.1), 23) + S('M62 96Q54 40 92 32', lt(c1, 0.35), 4) + P('M100 74Q164 76 164 136Q164 176 136 190H64Q36 176 36 136Q36 76 100 74Z', d.o(lt(c1, 0.08))) + C(100, 136, 29, '#c4663f') + S('M88 136h24M94 122h12M94 150h12', '#f6ead0', 5) };
  },
  tent(d, { c1, c2 }) {
    return { w: 180, n: 'two-person tent', s: P('M6 186Q40 60 100 46Q160 60 194 186Z', d.v(c1)) + P('M100 46Q60 62 42 186H6Q40 60 100 46Z', lt(c1, 0.2)) + P('M70 186Q76 96 100 74Q124 96 130 186Z', '#3a3631', 'opacity=".75"') + P('M100 74Q78 96 70 186H88Q90 120 100 74Z', c2) + S('M6 186Q40 60 100 46Q160 60 194 186', dk(c1, 0.3), 4) + S('M100 46Q86 110 58 186', dk(c1, 0.22), 2) + S('M6 186L-14 194M194 186L214 194', '#8d7c5f', 3) };
  },
  teddy(d, { c1, c2 }) {
    return { w: 100, n: 'rag doll in a sarong', s: S('M66 100L30 132M134 100L170 132', c1, 17) + S('M82 160L78 184M118 160L122 184', c1, 16) + P('M66 88H134L144 168H56Z', d.pattern('checks', c2, '#f3ead8')) + P('M66 84H134V112H66Z', d.v('#e67f66')) + C(100, 52, 40, d.o(lt(c1, 0.2))) + P('M58 52Q56 6 100 8Q144 6 142 52Q132 28 100 28Q68 28 58 52Z', '#3a2d25') + C(56, 66, 11, '#3a2d25') + C(144, 66, 11, '#3a2d25') + C(86, 54, 4, '#3a2d25') + C(114, 54, 4, '#3a2d25') + S('M90 70Q100 78 110 70', '#a7432f', 3) + C(76, 66, 6, '#e8a7b0', 'opacity=".7"') + C(124, 66, 6, '#e8a7b0', 'opacity=".7"') };
  },
  blocks(d, { c1, c2, x }) {
    const cube = (x0, y, c, icon) => R(x0, y, 58, 58, 6, d.v(c)) + R(x0 + 6, y + 6, 46, 46, 4, lt(c, 0.55)) + (icon ? d.icon(icon, x0 + 29, y + 29, 32) : '');
    if (x === 'run') return { w: 180, n: 'wooden marble run', s: [[20, 40, 150, 70], [180, 88, 46, 118], [20, 134, 170, 164]].map(([a, b, e, f]) => S(`M${a} ${b}L${e} ${f}`, c1, 16) + S(`M${a} ${b}L${e} ${f}`, dk(c1, 0.25), 5)).join('') + [30, 168].map((a) => R(a - 8, 46, 16, 144, 3, d.g(lt(c1, 0.1)))).join('') + C(84, 46, 13, d.o(c2)) + C(120, 90, 13, d.o('#e67f66')) + C(150, 148, 13, d.o('#f2cd4f')) };
    return { w: 150, n: 'stack of wooden blocks', s: cube(14, 132, c1, 'seedling') + cube(74, 132, '#f2cd4f', 'sun') + cube(134, 132, c2, 'fish') + cube(44, 72, '#8abadd', 'elephant') + P('M104 130L134 72L164 130Z', d.v('#e67f66')) + P('M46 70A28 28 0 0 1 102 70H88A14 14 0 0 0 60 70Z', d.v('#97af8a')) };
  },
  mancala(d, { c1, c2 }) {
    return { w: 184, n: 'carved counting board with red seeds', s: P('M8 112L24 84H176L192 112Z', lt(c1, 0.2)) + R(4, 110, 192, 76, 18, d.v(c1)) + range(2).map((r) => range(7).map((i) => C(28 + i * 24, 132 + r * 32, 11, dk(c1, 0.42)) + range((i * 3 + r * 2) % 4 + 1).map((k) => C(24 + i * 24 + (k % 2) * 7, 129 + r * 32 + Math.floor(k / 2) * 6, 3.5, d.o(c2))).join('')).join('')).join('') };
  },
  carrom(d, { c1, c2 }) {
    return { w: 150, flat: true, n: 'carrom board with coins', s: R(10, 10, 180, 180, 10, d.v('#614432')) + R(24, 24, 152, 152, 2, d.v(lt(c1, 0.35))) + [[32, 32], [168, 32], [32, 168], [168, 168]].map(([a, b]) => C(a, b, 11, '#2b2320')).join('') + R(50, 50, 100, 100, 0, 'none', 'stroke="#a7432f" stroke-width="2.5"') + C(100, 100, 25, 'none', 'stroke="#a7432f" stroke-width="2.5"') + range(6).map((i) => C(100 + 15 * Math.cos(i * 1.047), 100 + 15 * Math.sin(i * 1.047), 7, d.o(i % 2 ? c2 : '#f6ead0'))).join('') + C(100, 100, 7, d.o('#c63d36')) + C(118, 152, 9, d.o('#fffaf0')) };
  },
  cards(d, { c1, x }) {
    const fruit = ['mango', 'banana', x, 'watermelon', 'coconut'];
    return { w: 150, n: 'fan of playing cards with fruit', s: fruit.map((f, i) => G(R(-33, -140, 66, 100, 8, '#fffaf0', `stroke="${dk('#e9dfca', 0.1)}" stroke-width="1.5"`) + R(-27, -134, 54, 88, 5, lt([c1, '#f2cd4f', '#8abadd', '#97af8a', '#ab98c8'][i], 0.65)) + d.icon(f, 0, -90, 40), `translate(100 214) rotate(${(i - 2) * 17})`)).join('') };
  },
  puzzle(d, { c1, c2 }) {
    return { w: 140, flat: true, n: 'jigsaw puzzle with one piece left', s: R(14, 20, 172, 172, 4, d.v(c1)) + P('M58 172Q20 130 60 80Q78 40 108 36Q140 70 132 118Q124 170 96 180Q74 184 58 172Z', d.v(c2)) + C(150, 56, 15, '#f2cd4f') + [1, 2, 3].map((i) => S(`M14 ${20 + i * 43}H186M${14 + i * 43} 20V192`, '#fffaf0', 2, 'opacity=".7"')).join('') + range(12).map((i) => C(35.5 + (i % 4) * 43, 20 + (1 + Math.floor(i / 4)) * 43, 7, i % 2 ? c2 : c1, 'stroke="#fffaf0" stroke-width="1.6"')).join('') + R(143, 149, 43, 43, 0, '#e9dfca') + G(R(-20, -20, 40, 40, 2, d.v(c1)) + C(0, -20, 8, c1), 'translate(176 176) rotate(18)') };
  },
  kite2(d, { c1, c2 }) {
    return { w: 110, hang: true, n: 'cobra kite with a long tail', s: S('M104 92Q150 120 96 150T108 210', c2, 20) + S('M104 92Q150 120 96 150T108 210', c1, 11, 'stroke-dasharray="12 9"') + P('M100 2Q170 40 140 98Q100 116 60 98Q30 40 100 2Z', d.v(c1)) + P('M100 18Q146 46 126 88Q100 100 74 88Q54 46 100 18Z', lt(c1, 0.25)) + C(80, 58, 12, '#fffaf0') + C(120, 58, 12, '#fffaf0') + C(80, 60, 6, '#2a2b2e') + C(120, 60, 6, '#2a2b2e') + S('M100 82V96M100 96L93 104M100 96L107 104', '#c63d36', 4) };
  },
  tuktuk(d, { c1 }) {
    return { w: 150, n: 'wooden three-wheeler', s: P('M34 66Q36 40 64 40H150Q164 40 166 60L170 78H30Z', d.v(lt(c1, 0.1))) + R(32, 76, 9, 60, 3, dk(c1, 0.2)) + R(96, 76, 8, 50, 3, dk(c1, 0.2)) + R(160, 76, 9, 56, 3, dk(c1, 0.2)) + P('M30 120H104V96H120V124H172Q188 128 186 156V166H14V136Q16 122 30 120Z', d.v(c1)) + R(46, 82, 46, 36, 4, '#dbe8ec') + R(16, 140, 168, 7, 0, '#f2cd4f') + C(22, 132, 7, '#f6e3a0') + [[44, 168], [152, 168]].map(([a, b]) => C(a, b, 22, '#4a3b30') + C(a, b, 14, d.o('#cba470')) + C(a, b, 5, '#7d5435')).join('') };
  },
  carmat(d, { c1, c2, x }) {
    if (x === 'beads') return { w: 120, n: 'wooden bead seat cover', s: range(14).map((r) => range(9).map((i) => C(44 + i * 14 + (r % 2) * 3, 14 + r * 13, 6.4, d.o((i + r) % 4 ? c1 : c2))).join('')).join('') };
    if (x === 'seat') return { w: 130, n: 'seat cover', s: P('M50 16Q100 4 150 16L158 112H42Z', d.v(c1)) + R(78, 2, 44, 22, 9, d.v(dk(c1, 0.15))) + P('M30 116H170L184 172Q184 190 166 190H34Q16 190 16 172Z', d.v(lt(c1, 0.06))) + S('M72 20L66 110M128 20L134 110M74 118L66 188M126 118L134 188', c2, 4) };
    return { w: 150, flat: true, n: 'pair of car mats', s: [[8, -5], [104, 5]].map(([a, t]) => G(P('M6 26Q44 8 82 26L88 164Q44 178 0 164Z', d.pattern('speckle', c1)) + P('M6 26Q44 8 82 26L88 164Q44 178 0 164Z', 'none', `stroke="${c2}" stroke-width="7"`) + R(22, 112, 44, 32, 4, c2, 'opacity=".75"'), `translate(${a} 8) rotate(${t} 44 90)`)).join('') };
  },
  sunshade(d, { c1, c2 }) {
    return { w: 180, n: 'folding sun shade', s: range(8).map((i) => P(`M${4 + i * 24} ${i % 2 ? 74 : 62}L${28 + i * 24} ${i % 2 ? 62 : 74}V${i % 2 ? 178 : 190}L${4 + i * 24} ${i % 2 ? 190 : 178}Z`, i % 2 ? lt(c1, 0.3) : c1)).join('') + S('M4 62L28 74L52 62L76 74L100 62L124 74L148 62L172 74L196 62', c2, 6) + d.icon('sun', 100, 126, 60) };
  },
  wiper(d, { c1 }) {
    return { w: 170, n: 'pair of wiper blades', s: [[0, 0], [14, 44]].map(([a, b]) => S(`M${16 + a} ${128 + b}Q${100 + a} ${60 + b} ${176 + a} ${84 + b}`, c1, 11) + S(`M${18 + a} ${136 + b}Q${100 + a} ${68 + b} ${176 + a} ${92 + b}`, '#8e939a', 3.5) + R(84 + a, 66 + b, 34, 22, 5, d.v('#55585e'), `transform="rotate(-8 ${100 + a} ${76 + b})"`)).join('') };
  },
  helmet(d, { c1 }) {
    return { w: 140, n: 'open-face helmet', s: P('M16 128Q12 32 104 28Q188 34 186 116Q184 132 168 130L96 124Q80 156 64 172Q20 172 16 128Z', d.g(c1)) + P('M100 122Q112 74 186 92Q190 112 184 132Q150 148 104 138Z', d.v('#3f5368'), 'opacity=".9"') + S('M116 118Q136 98 176 104', '#cfe0ee', 4, 'opacity=".7"') + S('M20 96Q60 56 150 42', lt(c1, 0.5), 6, 'opacity=".8"') + C(92, 124, 9, '#b9c1c8') + S('M70 168Q100 196 136 184', '#3a3631', 7) };
  },
  triangle(d, { c1 }) {
    return { w: 150, n: 'folding warning triangle', s: P('M100 20Q108 20 112 28L188 164Q194 178 178 178H22Q6 178 12 164L88 28Q92 20 100 20Z', d.v(c1)) + P('M100 62L152 156H48Z', '#fbf6ea') + P('M100 86L130 144H70Z', lt(c1, 0.3), 'opacity=".55"') + R(30, 178, 30, 10, 3, '#3a3d43') + R(140, 178, 30, 10, 3, '#3a3d43') };
  },
  net(d, { c1, c2 }) {
    return { w: 140, flat: true, n: 'elastic cargo net with hooks', s: range(6).map((i) => S(`M${30 + i * 28} 36L${30 + i * 28} 176M30 ${36 + i * 28}L170 ${36 + i * 28}`, i % 2 ? lt(c1, 0.2) : c1, 5)).join('') + range(36).map((i) => C(30 + (i % 6) * 28, 36 + Math.floor(i / 6) * 28, 4.5, c1)).join('') + [[30, 36, -1, -1], [170, 36, 1, -1], [30, 176, -1, 1], [170, 176, 1, 1], [30, 106, -1, 0], [170, 106, 1, 0]].map(([a, b, u, v]) => S(`M${a} ${b}l${u * 14} ${v * 14}`, c1, 5) + C(a + u * 20, b + v * 18, 9, 'none', `stroke="${c2}" stroke-width="6"`)).join('') };
  },
  pillbox(d, { c1, c2 }) {
    return { w: 180, flat: true, n: 'weekly organizer with seven lids', s: R(2, 74, 196, 66, 14, d.v(dk(c1, 0.15))) + range(7).map((i) => R(9 + i * 26.4, 82, 23, 50, 6, d.v(i % 2 ? lt(c1, 0.25) : c1)) + R(14 + i * 26.4, 122, 13, 4, 2, c2) + range(2).map((k) => S(`M${15 + i * 26.4} ${96 + k * 9}h11`, c2, 2.6)).join('')).join('') };
  },
  stick(d, { c1, c2 }) {
    return { w: 60, n: 'walking stick', s: S('M104 190V52Q104 14 72 14Q46 16 46 44', dk(c1, 0.2), 16) + S('M104 188V52Q104 16 72 16Q48 18 48 44', c1, 12) + range(9).map((i) => S(`M${100 + (i % 3) * 3} ${64 + i * 12}v6`, lt(c1, 0.4), 2)).join('') + R(95, 58, 18, 12, 2, d.g(c2)) + R(94, 178, 20, 14, 5, '#3a3631') };
  },
  guitar(d, { c1 = '#cba470', c2 = '#743e2e', x }) {
    const uke = x === 'ukulele';
    return { w: 90, n: uke ? 'ukulele' : 'acoustic guitar', s: G(R(92, uke ? 8 : -14, 16, 100, 3, d.g(c2)) + P(`M86 ${uke ? -14 : -40}H114L110 ${uke ? 14 : -10}H90Z`, d.g(dk(c2, 0.2))) + range(3).map((i) => C(84, (uke ? -8 : -34) + i * 8, 3.5, '#f1e7d3') + C(116, (uke ? -8 : -34) + i * 8, 3.5, '#f1e7d3')).join('') + P('M100 74Q136 72 134 104Q132 118 140 130Q156 168 132 184Q100 198 68 184Q44 168 60 130Q68 118 66 104Q64 72 100 74Z', d.g(c1)) + P('M100 74Q136 72 134 104Q132 118 140 130Q156 168 132 184Q100 198 68 184Q44 168 60 130Q68 118 66 104Q64 72 100 74Z', 'none', `stroke="${dk(c2, 0.05)}" stroke-width="4"`) + C(100, 120, 20, dk(c2, 0.45)) + C(100, 120, 23, 'none', `stroke="${lt(c1, 0.45)}" stroke-width="3"`) + R(78, 158, 44, 10, 3, dk(c2, 0.2)) + range(4).map((i) => S(`M${94 + i * 4} ${uke ? 0 : -24}V162`, '#f4ead6', 1.1)).join(''), uke ? 'rotate(14 100 120) translate(0 2)' : 'rotate(14 100 130) translate(18 34) scale(.82)') };
  },
  toolbox(d, { c1 = '#3d72b4' }) {
    return { w: 160, n: 'steel toolbox', s: S('M66 76V56Q66 46 76 46H124Q134 46 134 56V76', '#55585e', 9) + P('M12 108L30 72H170L188 108Z', d.v(lt(c1, 0.22))) + R(12, 106, 176, 84, 6, d.v(c1)) + R(12, 106, 176, 12, 3, dk(c1, 0.25)) + [48, 136].map((q) => R(q, 96, 18, 34, 3, d.g('#c3c9cf')) + C(q + 9, 122, 3, '#55585e')).join('') + R(70, 142, 60, 26, 3, dk(c1, 0.18)) + R(80, 152, 40, 5, 2, '#f1e7d3') + S('M22 180H178', lt(c1, 0.25), 2) };
  },
  screwdriver(d, { c1 = '#c63d36', x }) {
    return { w: 50, n: 'screwdriver', s: R(95, 96, 10, 84, 2, d.g('#b7bdc3')) + (x === 'flat' ? P('M92 176H108L106 194H94Z', d.g('#8e939a')) : P('M94 178H106L100 196Z', d.g('#8e939a'))) + P('M80 18Q100 4 120 18L124 74Q112 84 108 100H92Q88 84 76 74Z', d.g(c1)) + range(3).map((i) => S(`M${88 + i * 12} 24L${87 + i * 13} 70`, dk(c1, 0.28), 4)).join('') };
  },
  razor(d, { c1 = '#cda04a' }) {
    return { w: 70, n: 'brass safety razor', s: G(R(46, 14, 108, 16, 8, d.v(lt(c1, 0.15))) + R(52, 29, 96, 5, 1, '#dfe3e6') + R(46, 33, 108, 13, 5, d.v(c1)) + range(12).map((i) => S(`M${54 + i * 8.4} 40v6`, dk(c1, 0.35), 2.2)).join('') + R(92, 46, 16, 16, 2, d.g(dk(c1, 0.12))) + R(87, 60, 26, 130, 8, d.g(c1)) + range(11).map((i) => S(`M87 ${74 + i * 9}l26 8`, dk(c1, 0.25), 1.5) + S(`M113 ${74 + i * 9}l-26 8`, dk(c1, 0.25), 1.5)).join('') + R(84, 180, 32, 12, 5, d.g(lt(c1, 0.1))), 'rotate(12 100 100)') };
  },
  knife(d, { c1 = '#30343b' }) {
    return { w: 60, n: 'short kitchen knife', s: G(P('M84 12Q120 58 116 118H86Z', d.g('#c3c9cf')) + S('M88 22L90 116', '#eef1f3', 3) + R(83, 114, 36, 9, 2, d.g('#8e939a')) + P('M86 122H114L118 182Q118 194 104 194H96Q86 194 86 184Z', d.g(c1)) + C(101, 140, 3.5, '#c3c9cf') + C(102, 160, 3.5, '#c3c9cf') + C(103, 180, 3.5, '#c3c9cf'), 'rotate(24 100 100)') };
  },
  spanner(d, { c1 = '#b7bdc3' }) {
    return { w: 60, n: 'combination spanner', s: G(R(91, 52, 18, 100, 5, d.g(c1)) + R(96, 70, 8, 64, 4, dk(c1, 0.14)) + P('M72 14L84 8V34Q100 44 116 34V8L128 14Q138 40 112 58H88Q62 40 72 14Z', d.g(c1)) + C(100, 164, 27, d.g(c1)) + P('M100 150L112 157V171L100 178L88 171V157Z', '#4b4d52'), 'rotate(20 100 100)') };
  },
  flatscale(d, { c1 = '#30343b' }) {
    return { w: 150, n: 'flat glass scale', s: P('M22 150L44 110H156L178 150Z', d.v(lt(c1, 0.32))) + P('M22 150H178V172Q178 182 166 182H34Q22 182 22 172Z', d.v(c1)) + R(72, 156, 56, 18, 4, '#bfe0d2') + S('M84 160V170M92 160H100V165H92V170H100M108 160V170H116V160Z', '#2b5843', 2.6) + E(100, 130, 54, 13, lt(c1, 0.5), 'opacity=".7"') + C(42, 166, 4, '#8e939a') + C(158, 166, 4, '#8e939a') + R(34, 180, 20, 10, 3, dk(c1, 0.3)) + R(146, 180, 20, 10, 3, dk(c1, 0.3)) };
  },
  toaster(d, { c1 = '#c3c9cf', c2 = '#30343b' }) {
    return { w: 150, n: 'two-slice toaster', s: P('M56 84Q44 34 84 34Q100 34 100 48Q100 34 120 34Q158 34 146 84Z', d.v('#c98f4f')) + P('M64 84Q54 44 84 43Q94 43 96 56V84ZM138 84Q148 44 118 43Q108 43 106 56V84Z', '#f1d9a8') + P('M18 116Q18 74 60 74H140Q182 74 182 116V170Q182 184 168 184H32Q18 184 18 170Z', d.g(c1)) + R(42, 72, 116, 14, 6, c2) + R(18, 172, 164, 12, 5, c2) + R(184, 104, 12, 22, 4, c2) + C(150, 146, 14, d.o(c2)) + S('M150 146L158 138', '#f2b632', 4) + shine('M34 104Q36 92 52 88', 6, 0.7) + R(28, 182, 18, 9, 3, '#4b4d52') + R(154, 182, 18, 9, 3, '#4b4d52') };
  },
  windchime(d, { c1 = '#d9bb7c' }) {
    const tubes = [[52, 96], [70, 118], [88, 134], [112, 124], [130, 108], [148, 88]];
    return { w: 90, hang: true, n: 'bamboo wind chime', s: S('M100 -40V14M100 14L60 40M100 14L140 40', '#8d7c5f', 3) + E(100, 44, 58, 10, d.v(dk(c1, 0.25))) + E(100, 40, 58, 10, d.v(c1)) + tubes.map(([x, h]) => S(`M${x} 44V64`, '#a39880', 2) + R(x - 7, 62, 14, h - 24, 4, d.g(c1)) + R(x - 7, 62 + (h - 24) * 0.45, 14, 4, 1, dk(c1, 0.25)) + E(x, 62 + h - 25, 7, 3, dk(c1, 0.45))).join('') + S('M100 44V164', '#a39880', 2) + C(100, 108, 13, d.o(dk(c1, 0.2))) + P('M100 160L112 176L100 196L88 176Z', d.v('#a87444')) };
  },
};

// Electronics, cameras, desk things, paper and books.
import { R, C, E, P, S, G, lt, dk, mix, luma, shine, range } from '../draw.mjs';

export const tech = {
  cable(d, { c1, c2 }) {
    const plug = (x, y, t) => G(R(-9, -30, 18, 34, 4, d.g(mix(c1, '#55585e', 0.4))) + R(-6, -44, 12, 15, 2, d.g(c2 ?? '#c3c9cf')), `translate(${x} ${y}) rotate(${t})`);
    return { w: 130, flat: true, n: 'coiled cable', s: range(3).map((i) => C(100, 116, 66 - i * 13, 'none', `stroke="${i % 2 ? lt(c1, 0.14) : c1}" stroke-width="11"`) + C(100, 116, 68 - i * 13, 'none', `stroke="${lt(c1, 0.4)}" stroke-width="1.6" opacity=".6" stroke-dasharray="3 4"`)).join('') + S('M52 70Q46 50 58 34M146 66Q154 48 142 32', c1, 10) + plug(60, 34, 10) + plug(141, 32, -10) + R(86, 158, 28, 40, 5, d.v(c2 ?? '#a7432f')) };
  },
  charger(d, { c1, c2, x }) {
    const dark = luma(c1) < 120 ? '#1f2126' : dk(c1, 0.45);
    if (x === 'desk') return { w: 120, n: 'desk charger with four ports', s: S('M150 178Q196 176 190 120', dk(c1, 0.1), 8) + R(40, 40, 112, 150, 20, d.g(c1)) + [62, 88].map((y) => R(76, y, 40, 13, 6, c2)).join('') + [116, 140].map((y) => R(76, y, 40, 16, 3, c2) + R(80, y + 4, 32, 5, 1, dk(c1, 0.3))).join('') + C(96, 172, 4, '#86d796') };
    if (x === 'car') return { w: 70, n: 'car charger with two ports', s: R(66, 20, 68, 62, 14, d.g(c1)) + R(78, 34, 18, 9, 4, c2) + R(104, 34, 18, 9, 4, c2) + C(100, 62, 4, '#86d796') + R(72, 82, 56, 70, 6, d.g(dk(c1, 0.15))) + R(64, 104, 10, 20, 4, '#b9c1c8') + R(126, 104, 10, 20, 4, '#b9c1c8') + P('M80 152H120L114 178H86Z', d.g(dk(c1, 0.25))) + R(92, 176, 16, 14, 5, '#cda04a') };
    return { w: 110, n: x === 'travel' ? 'travel adapter' : 'wall charger', s: R(92, 20, 16, 44, 3, d.g('#c9a35a')) + R(58, 40, 24, 26, 3, d.g('#c9a35a')) + R(118, 40, 24, 26, 3, d.g('#c9a35a')) + R(38, 62, 124, 128, 24, d.g(c1)) + (x === 'travel' ? R(38, 140, 124, 14, 0, c2) + C(76, 108, 6, dark) + C(124, 108, 6, dark) + R(92, 92, 16, 8, 2, dark) + d.icon('globe-showing-asia-australia', 100, 172, 24) : R(82, 138, 36, 14, 7, dark) + C(100, 172, 3, '#86d796')) + shine('M50 90V166', 5, 0.4) };
  },
  powerbank(d, { c1, c2, x }) {
    return { w: 90, n: x === 'solar' ? 'solar power bank' : x === 'case' ? 'battery case' : 'power bank', s: R(48, 20, 104, 170, 18, d.g(c1)) + (x === 'solar' ? R(60, 34, 80, 116, 4, '#2a3b63') + range(4).map((r) => range(3).map((i) => R(63 + i * 26, 38 + r * 28, 22, 24, 1, d.v('#3c4d8a'))).join('')).join('') + C(100, 170, 8, '#fbe7a0') : x === 'case' ? R(58, 34, 40, 140, 8, lt(c1, 0.3)) + R(102, 34, 40, 140, 8, c2) + R(66, 50, 24, 108, 6, '#3a3d43') + R(110, 50, 24, 108, 6, '#3a3d43') : range(4).map((i) => C(82 + i * 12, 166, 3.4, i < 3 ? '#f8f6ee' : dk(c1, 0.35))).join('') + R(86, 28, 28, 9, 4.5, dk(c1, 0.5)) + P('M106 76L84 108H100L94 134L118 100H102Z', lt(c1, 0.5), 'opacity=".85"')) + shine('M58 44V164', 5, 0.28) };
  },
  socket(d) {
    return { w: 170, n: 'extension board with four sockets', s: S('M176 142Q204 130 196 84Q190 60 204 40', '#4b4d52', 7) + R(8, 104, 172, 86, 12, d.g('#f3efe6')) + range(4).map((i) => G(R(0, 0, 32, 50, 5, '#e2ddd1') + R(13, 10, 6, 12, 1, '#3a3d43') + R(5, 28, 9, 5, 1, '#3a3d43') + R(18, 28, 9, 5, 1, '#3a3d43') + R(8, 40, 16, 7, 2, i === 2 ? '#c9c3b5' : '#c63d36'), `translate(${20 + i * 38} 122)`)).join('') };
  },
  headphones(d, { c1, c2, x }) {
    if (x === 'stand') return { w: 110, n: 'headphones on a wooden stand', s: R(92, 44, 16, 136, 6, d.g(c2)) + P('M60 52Q100 14 140 52L134 62Q100 34 66 62Z', d.g(c2)) + E(100, 182, 56, 10, d.g('#cda04a')) + S('M44 116V86Q44 26 100 26Q156 26 156 86V116', '#3a3d43', 10) + R(30, 96, 28, 60, 13, d.g(c1)) + R(142, 96, 28, 60, 13, d.g(c1)) };
    return { w: 130, n: 'over-ear headphones', s: S('M34 130V100Q34 24 100 24Q166 24 166 100V130', dk(c1, 0.12), 15) + S('M44 92Q48 36 100 34', lt(c1, 0.3), 4) + R(14, 102, 48, 88, 22, d.g(c1)) + R(138, 102, 48, 88, 22, d.g(c1)) + R(48, 108, 22, 76, 11, d.v(dk(c1, 0.35))) + R(130, 108, 22, 76, 11, d.v(dk(c1, 0.35))) + E(30, 146, 6, 16, lt(c1, 0.2)) };
  },
  earbuds(d, { c1, c2, x }) {
    const bud = (t) => G(R(-7, -4, 14, 52, 7, d.g(c1)) + E(3, -10, 20, 18, d.o(c1)) + E(16, -10, 9, 12, dk(c1, 0.45)), t);
    return x === 'wired' ? { w: 110, n: 'earphones on a cable', s: S('M56 74Q50 150 100 150Q150 150 144 74M100 150V190', c1, 6) + R(93, 146, 14, 30, 6, dk(c1, 0.25)) + bud('translate(56 52) scale(1.15)') + bud('translate(144 52) scale(-1.15 1.15)') }
      : { w: 130, n: 'wireless earbuds with their case', s: P('M36 122Q36 92 66 92H134Q164 92 164 122Z', d.v(lt(c1, 0.12)), 'transform="translate(0 -22)"') + R(36, 100, 128, 90, 36, d.g(c1)) + S('M40 126H160', dk(c1, 0.25), 2.5) + C(100, 152, 4, '#86d796') + bud('translate(74 66) rotate(-10)') + bud('translate(126 66) scale(-1 1) rotate(-10)') };
  },
  speaker(d, { c1, c2, x }) {
    return x === 'shelf' ? { w: 100, n: 'wooden shelf speaker', s: R(44, 20, 112, 170, 7, d.g(c1)) + R(54, 30, 92, 150, 4, d.v(c2)) + C(100, 128, 38, d.o('#55585e')) + C(100, 128, 26, d.o('#3a3d43')) + C(100, 128, 9, '#8e939a') + C(100, 60, 18, d.o('#55585e')) + C(100, 60, 8, '#8e939a') }
      : { w: 120, n: 'portable speaker', s: R(46, 40, 108, 150, 40, d.g(c1)) + `<g clip-path="${d.clip(R(46, 72, 108, 86, 0, '#000'))}">${R(46, 40, 108, 150, 40, d.pattern('dots', dk(c1, 0.15), dk(c1, 0.45)))}</g>` + S('M148 56Q178 60 170 104', dk(c1, 0.3), 7) + R(88, 50, 24, 5, 2.5, lt(c1, 0.5)) + C(100, 174, 4, lt(c1, 0.6)) };
  },
  keyboard(d, { c1 }) {
    const key = luma(c1) < 120 ? lt(c1, 0.2) : '#ffffff';
    return { w: 186, flat: true, n: 'compact keyboard', s: R(4, 64, 192, 96, 12, d.v(c1)) + range(4).map((r) => range(11).map((i) => R(13 + i * 16, 73 + r * 17, 13.5, 13.5, 3, (i + r * 3) % 13 === 5 ? '#e8a838' : key)).join('')).join('') + R(13, 141, 29, 12, 3, key) + R(46, 141, 96, 12, 3, key) + R(146, 141, 40, 12, 3, '#5dada4') };
  },
  mouse(d, { c1 }) {
    return { w: 90, flat: true, n: 'computer mouse', s: R(48, 22, 104, 168, 52, d.g(c1)) + S('M100 24V84M50 92Q100 106 150 92', dk(c1, 0.25), 2.5) + R(92, 44, 16, 34, 8, dk(c1, 0.4)) + R(97, 50, 6, 14, 3, '#c3c9cf') };
  },
  laptopstand(d, { c1 }) {
    return { w: 160, n: 'laptop on a folding stand', s: P('M28 24H160L176 106H44Z', d.v('#3a3d43')) + P('M36 31H154L168 99H51Z', d.v('#8abadd')) + P('M80 99Q110 60 168 99Z', '#5d9a86') + C(130, 54, 10, '#f6e3a0') + P('M28 106H188L196 122H22Z', d.v('#c3c9cf')) + S('M44 124L84 186M172 124L132 186', c1, 10) + S('M66 124L44 186H150L172 124', dk(c1, 0.2), 8) };
  },
  hub(d, { c1, c2, x }) {
    return x === 'switch' ? { w: 180, n: 'network switch', s: P('M8 128L26 104H174L192 128Z', lt(c1, 0.25)) + R(8, 128, 184, 56, 6, d.v(c1)) + range(8).map((i) => R(20 + i * 18, 144, 14, 16, 2, '#17191d') + C(27 + i * 18, 170, 2.6, i % 3 ? '#86d796' : '#f2b632')).join('') + C(176, 152, 6, c2) }
      : { w: 170, n: 'USB hub', s: S('M20 132Q-8 120 6 88', c2, 9) + R(-4, 68, 18, 22, 4, d.g(c1)) + P('M18 122L34 106H182L168 122Z', lt(c1, 0.4)) + R(18, 122, 150, 46, 9, d.g(c1)) + P('M168 122L182 106V150L168 166Z', dk(c1, 0.25)) + R(30, 136, 28, 14, 2, c2) + R(66, 136, 28, 14, 2, c2) + R(102, 138, 18, 9, 4, c2) + R(128, 135, 28, 16, 3, c2) };
  },
  webcam(d, { c1 }) {
    return { w: 90, n: 'webcam', s: R(20, 58, 160, 66, 33, d.g(c1)) + C(100, 91, 27, '#17191d') + C(100, 91, 19, d.o('#3c4d8a')) + C(94, 84, 6, '#dbe8f4') + R(138, 86, 22, 9, 4.5, '#c63d36') + C(48, 91, 3.5, '#86d796') + R(88, 122, 24, 40, 3, dk(c1, 0.15)) + P('M62 160H138L146 190H54Z', d.g(dk(c1, 0.1))) };
  },
  drive(d, { c1, c2, x }) {
    return x === 'stick' ? { w: 70, n: 'metal USB stick', s: G(R(76, 8, 48, 54, 3, d.g('#b7bdc3')) + R(86, 22, 9, 12, 1, '#55585e') + R(105, 22, 9, 12, 1, '#55585e') + R(66, 58, 68, 132, 12, d.g(c1)) + R(66, 100, 68, 18, 0, c2) + C(100, 168, 10, dk(c1, 0.5)), 'rotate(14 100 100)') }
      : x === 'card' ? { w: 100, n: 'memory card', s: P('M52 20H122L150 48V178Q150 190 138 190H62Q50 190 50 178V22Z', d.v(c1)) + range(7).map((i) => R(60 + i * 10.5, 26, 7, 26, 2, '#d8aa4b')).join('') + R(62, 74, 76, 96, 6, c2) + R(72, 88, 56, 8, 2, c1) + R(72, 104, 36, 5, 2, c1) + R(72, 146, 22, 12, 2, c1) }
        : { w: 90, n: 'portable drive in a rubber sleeve', s: R(42, 24, 116, 166, 22, d.g(c2)) + R(52, 34, 96, 146, 14, d.g(c1)) + range(9).map((i) => S(`M64 ${56 + i * 9}H136`, lt(c1, 0.16), 2)).join('') + R(88, 164, 24, 8, 4, '#17191d') + C(134, 50, 3.4, '#86d796') };
  },
  router(d, { c1 }) {
    return { w: 170, n: 'Wi-Fi router', s: S('M40 132L22 34M160 132L178 34', d && dk(c1, 0.1), 9) + P('M18 140L34 118H166L182 140Z', lt(c1, 0.25)) + R(14, 138, 172, 46, 14, d.v(c1)) + range(5).map((i) => C(60 + i * 20, 161, 4, i < 4 ? '#86d796' : '#f2b632')).join('') + S('M82 84Q100 66 118 84M72 68Q100 40 128 68M92 98Q100 90 108 98', '#5dada4', 5) };
  },
  monitor(d, { c1 }) {
    return { w: 110, n: 'monitor on a stand', s: R(6, 22, 188, 118, 8, d.v(c1)) + R(13, 29, 174, 98, 3, d.v('#8abadd')) + P('M13 127V104Q60 66 96 98Q130 62 187 96V127Z', '#5d9a86') + P('M13 127V116Q80 88 187 112V127Z', '#437a67') + C(146, 54, 13, '#f6dd92') + R(92, 140, 16, 34, 2, d.g('#b9c1c8')) + P('M58 178H142L150 190H50Z', d.v('#b9c1c8')) };
  },
  tablet(d, { c1, c2 }) {
    return { w: 170, flat: true, n: 'drawing tablet with a pen', s: R(8, 42, 176, 124, 12, d.v(c1)) + range(5).map((i) => R(17, 62 + i * 18, 13, 12, 3, lt(c1, 0.25))).join('') + R(40, 52, 136, 104, 5, lt(c1, 0.1)) + S('M60 126Q84 62 106 104T156 84', c2, 5) + G(R(-6, -74, 12, 100, 5, d.g('#55585e')) + P('M-6 26H6L0 46Z', '#3a3d43') + R(-6, -10, 12, 22, 2, c2), 'translate(160 76) rotate(38)') };
  },
  phonecase(d, { c1, c2, x }) {
    return { w: 90, n: x === 'plain' ? 'screen protector glass' : 'phone case', s: R(52, 12, 96, 178, 20, x === 'plain' ? d.v(c1) : d.g(dk(c1, 0.35)), x === 'plain' ? 'opacity=".9" stroke="#8fa9b1" stroke-width="3"' : '') + (x === 'plain' ? P('M66 150L122 34L138 30L70 176Z', '#fff', 'opacity=".6"') + R(84, 22, 32, 7, 3.5, c2) : R(57, 17, 86, 168, 16, d.pattern('speckle', c1)) + R(66, 26, 38, 46, 12, dk(c1, 0.45)) + C(78, 40, 8, '#23262b') + C(78, 58, 8, '#23262b') + C(94, 49, 5, '#e9e5dc')) };
  },
  keyphone(d, { c1 }) {
    return { w: 80, n: 'phone with large keys', s: R(54, 8, 92, 182, 18, d.g(c1)) + R(64, 20, 72, 62, 5, d.v('#b9d7c9')) + S('M74 38H112M74 52H126M74 66H100', '#2b5843', 4) + range(4).map((r) => range(3).map((i) => R(65 + i * 24.5, 92 + r * 23, 21, 18, 6, '#f6f2ea') + C(75.5 + i * 24.5, 101 + r * 23, 2.6, '#3a3d43')).join('')).join('') };
  },
  fan(d, { c1, c2, x }) {
    const blades = (cx, cy, r) => range(3).map((i) => `<path d="M${cx} ${cy}Q${cx + r * 0.2} ${cy - r} ${cx + r * 0.8} ${cy - r * 0.62}Q${cx + r * 0.75} ${cy - r * 0.1} ${cx} ${cy}Z" fill="${lt(c1, 0.4)}" transform="rotate(${i * 120} ${cx} ${cy})"/>`).join('');
    const head = (r) => C(100, 84, r, mix(c1, '#fffaf0', 0.75)) + blades(100, 84, r) + range(18).map((i) => `<path d="M100 84V${84 - r}" stroke="${dk(c1, 0.3)}" stroke-width="1.8" opacity=".7" transform="rotate(${i * 20} 100 84)"/>`).join('') + [r, r * 0.66, r * 0.34].map((k, i) => C(100, 84, k, 'none', `stroke="${i ? dk(c1, 0.2) : c1}" stroke-width="${i ? 2 : 8}"`)).join('') + C(100, 84, 13, d.o(c1));
    return x === 'hand' ? { w: 60, n: 'small hand fan', s: G(head(72), 'translate(0 -4)') + R(84, 150, 32, 44, 14, d.g(c1)) + C(100, 170, 5, '#fff') } : { w: 110, n: 'table fan', s: R(91, 150, 18, 30, 3, d.g(dk(c1, 0.15))) + head(78) + P('M52 178H148Q158 190 150 190H50Q42 190 52 178Z', d.g(c1)) + range(3).map((i) => C(84 + i * 16, 184, 3, '#fff')).join('') };
  },
  tripod(d, { c1, c2, x }) {
    return x === 'small' ? { w: 130, n: 'small bendable tripod with a phone', s: R(62, 4, 76, 92, 10, d.v('#3a3d43')) + R(68, 10, 64, 80, 5, d.v('#8abadd')) + C(100, 46, 16, '#f6e3a0') + R(90, 96, 20, 18, 4, '#55585e') + [[100, 116, 48, 186], [100, 116, 100, 190], [100, 116, 152, 186]].map(([a, b, e, f]) => range(7).map((i) => C(a + ((e - a) * i) / 6 + Math.sin(i) * 3, b + ((f - b) * i) / 6, 10, d.o(i % 2 ? c1 : c2))).join('')).join('') }
      : { w: 140, n: 'tripod with a camera', s: R(64, 16, 72, 46, 7, d.v('#3a3d43')) + R(82, 8, 26, 12, 3, '#55585e') + C(100, 40, 17, '#17191d') + C(100, 40, 11, d.o('#3c4d8a')) + C(96, 36, 3.5, '#dbe8f4') + R(90, 62, 20, 18, 3, c2) + S('M96 82L52 188', c1, 9) + S('M104 82L148 188', c1, 9) + S('M100 82V184', dk(c1, 0.3), 9) + S('M80 124L70 146M120 124L130 146', c2, 9) };
  },
  camera(d, { c1, c2, x }) {
    return { w: 150, n: x === 'strap' ? 'camera on a woven strap' : 'camera', s: (x === 'strap' ? S('M30 96Q-4 20 100 14Q204 20 170 96', c2, 12) + S('M30 96Q-4 20 100 14Q204 20 170 96', lt(c2, 0.5), 2.5, 'stroke-dasharray="6 6"') : '') + R(64, 60, 54, 30, 6, d.v(lt(c1, 0.15))) + R(134, 68, 26, 14, 4, '#c63d36') + R(18, 80, 164, 110, 14, d.v(c1)) + R(18, 100, 164, 60, 0, lt(c1, 0.12)) + C(100, 134, 46, d.o('#8e939a')) + C(100, 134, 38, '#17191d') + C(100, 134, 28, d.o('#3c4d8a')) + C(90, 122, 9, '#dbe8f4') + C(160, 96, 6, '#f2cd4f') };
  },
  lens(d, { c1, c2, x }) {
    return x === 'filter' ? { w: 110, n: 'lens filter ring', s: C(100, 104, 84, d.o(c1)) + C(100, 104, 70, mix(c2, '#e9eef4', 0.6)) + P('M56 140L118 46Q140 52 150 66L84 168Q66 160 56 140Z', '#fff', 'opacity=".55"') + range(40).map((i) => `<path d="M100 22v6" stroke="${lt(c1, 0.3)}" stroke-width="2" transform="rotate(${i * 9} 100 104)"/>`).join('') } : { w: 110, n: 'lens cap on a cord', s: S('M150 130Q204 60 150 14', '#3a3d43', 5) + C(96, 112, 78, d.o(c1)) + C(96, 112, 64, d.v(lt(c1, 0.15))) + range(3).map((i) => S(`M36 ${96 + i * 14}H156`, dk(c1, 0.25), 2)).join('') + C(150, 132, 11, d.o('#c63d36')) };
  },
  ringlight(d, { c1, c2 }) {
    return { w: 100, n: 'ring light with a phone holder', s: C(100, 82, 92, '#fdeec0', 'opacity=".4"') + C(100, 82, 66, 'none', `stroke="${c2}" stroke-width="26"`) + C(100, 82, 66, 'none', 'stroke="#fff6dc" stroke-width="19"') + R(82, 46, 36, 72, 6, d.v('#3a3d43')) + R(86, 51, 28, 62, 3, '#8abadd') + R(95, 158, 10, 26, 2, c2) + S('M100 174L64 190M100 174L136 190', c2, 6) };
  },
  binoculars(d, { c1 }) {
    const half = (t) => G(R(24, 20, 44, 36, 9, d.g('#3a3d43')) + P('M22 54H70L84 160H8Z', d.g(c1)) + E(46, 164, 42, 26, d.o('#3a3d43')) + E(46, 165, 32, 19, d.o('#5b7fb8')) + E(36, 158, 9, 5, '#dbe8f4') + R(20, 84, 56, 10, 4, dk(c1, 0.25)), t);
    return { w: 150, n: 'pair of binoculars', s: half('translate(6 0)') + half('translate(194 0) scale(-1 1)') + R(84, 66, 32, 50, 6, d.g('#55585e')) + C(100, 64, 12, d.o('#8e939a')) };
  },
  mount(d, { c1, c2 }) {
    return { w: 150, n: 'phone mount on a handlebar', s: R(0, 152, 200, 22, 11, d.v('#8e939a')) + R(84, 134, 32, 44, 6, d.v(c1)) + R(58, 12, 84, 126, 12, d.v('#23262b')) + R(64, 18, 72, 114, 7, d.v('#b9d7c9')) + S('M76 112Q92 70 104 88T126 36', '#2b5843', 5) + C(126, 34, 6, '#c63d36') + [[54, 8], [126, 8], [54, 120], [126, 120]].map(([a, b]) => R(a, b, 20, 22, 6, c2)).join('') };
  },
  calculator(d, { c1, c2 }) {
    return { w: 110, n: 'desk calculator', s: R(42, 14, 116, 176, 14, d.v(c1)) + R(54, 28, 92, 36, 5, '#cfe0cf') + S('M120 54V38M132 54V38M108 54H100V46H108V38H100', '#3a4a3a', 3.5) + range(4).map((r) => range(4).map((i) => R(55 + i * 24, 78 + r * 27, 18, 20, 5, i === 3 ? c2 : lt(c1, 0.55))).join('')).join('') };
  },
  stapler(d, { c1 }) {
    return { w: 160, n: 'stapler', s: R(14, 172, 172, 18, 6, d.v(dk(c1, 0.25))) + P('M30 172Q24 146 44 142L176 158V172Z', '#b9c1c8') + P('M24 150Q20 108 60 104L172 122Q190 128 186 146L182 158L60 140Q40 140 38 156Z', d.g(c1)) + C(44, 150, 9, dk(c1, 0.35)) + shine('M56 116L150 130', 5, 0.35) };
  },
  organizer(d, { c1 }) {
    return { w: 150, n: 'wooden desk organizer with pens', s: S('M52 116L44 34', '#c63d36', 9) + S('M66 116L70 26', '#3d72b4', 9) + S('M80 116L94 44', '#e8a838', 9) + P('M100 96L112 40H164L160 100Z', '#fbf6ea') + P('M108 100L116 56H172L166 104Z', '#dfe9e6') + R(20, 104, 160, 86, 8, d.v(c1)) + R(30, 114, 60, 66, 6, dk(c1, 0.12)) + R(100, 114, 70, 28, 6, dk(c1, 0.12)) + R(100, 150, 70, 30, 6, dk(c1, 0.12)) + C(116, 162, 6, '#cda04a') + C(134, 166, 6, '#8e939a') + C(152, 161, 6, '#c63d36') };
  },
  cashbox(d, { c1, c2 }) {
    return { w: 150, n: 'cash box', s: S('M78 72Q80 46 100 46Q120 46 122 72', '#b9c1c8', 6) + P('M18 104L36 70H164L182 104Z', lt(c1, 0.25)) + R(18, 104, 164, 86, 8, d.v(c1)) + S('M18 124H182', dk(c1, 0.35), 3) + C(100, 148, 16, d.o(c2)) + R(97, 142, 6, 14, 2, '#3a3631') };
  },
  book(d, { c1, c2 = '#f3ead8', x }) {
    const ink = luma(c1) > 150 ? '#4a3b2f' : c2;
    const seed = (x ?? '').length % 4;
    const deco = [R(58, 112, 96, 3, 0, ink) + R(58, 120, 96, 1.5, 0, ink), C(106, 96, 44, mix(c1, c2, 0.85)), R(54, 58, 104, 78, 5, mix(c1, c2, 0.85)), P('M48 140Q80 118 110 140T164 134V30H48Z', mix(c1, c2, 0.2))][seed];
    return { w: 124, n: `book${x && x !== 'motif' ? ` with ${x} on its cover` : ''}`, s: P('M40 22Q40 12 50 12H158Q164 12 164 20V178Q164 190 154 190H52Q40 190 40 180Z', d.v(c1)) + R(44, 180, 118, 10, 3, '#fbf6ea') + S('M50 185H160', '#d9d0bd', 1.5) + R(38, 12, 13, 178, 5, dk(c1, 0.25)) + deco + (x === 'motif' ? R(62, 62, 88, 74, 0, d.pattern('motif', c1, c2)) : x ? d.icon(x, 106, 96, seed === 1 ? 58 : 54) : '') + R(74, 30, 64, 6, 3, ink) + R(84, 42, 44, 4, 2, ink, 'opacity=".75"') + R(88, 158, 36, 4, 2, ink, 'opacity=".75"') };
  },
  notebook(d, { c1, c2 = '#f3ead8', x }) {
    return { w: 116, n: x === 'exercise' ? 'exercise book' : x === 'pad' ? 'watercolor pad' : 'sewn notebook', s: R(50, 22, 114, 170, 6, '#efe6d2') + R(44, 18, 114, 170, 7, d.v(c1)) + (x === 'pad' ? R(44, 18, 114, 24, 6, c2) + R(60, 64, 82, 90, 3, '#fffdf6') + P('M60 140Q84 96 104 122T142 112V154H60Z', c2, 'opacity=".7"') + C(118, 86, 10, '#e8a838', 'opacity=".8"') : x === 'exercise' ? R(60, 58, 82, 44, 5, '#fbf6ea') + range(3).map((i) => S(`M68 ${70 + i * 11}H134`, '#b8b0a0', 2)).join('') + R(44, 18, 15, 170, 6, dk(c1, 0.2)) + d.icon('elephant', 104, 146, 40) : R(44, 18, 16, 170, 6, dk(c1, 0.28)) + range(9).map((i) => S(`M60 ${34 + i * 18}h-10`, c2, 2.4)).join('') + (x === 'band' ? R(132, 18, 9, 170, 0, c2) + P('M84 188V204L90 198L96 204V188Z', c2) : R(78, 66, 60, 30, 3, lt(c1, 0.6)) + R(86, 76, 44, 3, 1, dk(c1, 0.3)) + R(86, 84, 30, 3, 1, dk(c1, 0.3)))) };
  },
  folder(d, { c1, c2, x }) {
    return { w: 110, n: x === 'expand' ? 'expanding folder' : 'box file', s: x === 'expand' ? range(7).map((i) => P(`M${24 + i * 6} ${64 - i * 5}H${164 + i * 3}V180H${24 + i * 6}Z`, i % 2 ? c2 : lt(c1, 0.25))).reverse().join('') + R(14, 76, 172, 114, 8, d.v(c1)) + R(60, 100, 80, 24, 4, '#fbf6ea') + S('M100 124V176', c2, 5) + C(100, 176, 8, c2) : R(52, 12, 96, 178, 7, d.g(c1)) + R(66, 34, 68, 74, 5, '#fbf6ea') + range(4).map((i) => S(`M76 ${50 + i * 13}H124`, '#b8b0a0', 2.5)).join('') + C(100, 150, 18, dk(c1, 0.45)) + C(100, 150, 18, 'none', 'stroke="#cda04a" stroke-width="5"') };
  },
  papers(d, { c1, c2, x }) {
    return x === 'sticky' ? { w: 130, n: 'sticky note pads in quiet colors', s: [[26, 96, '#f2dc92', -6], [96, 92, '#edc9c0', 5], [60, 40, '#c9dcc3', 3], [20, 36, '#c5d9e4', -9], [106, 36, '#d8cce6', 8]].map(([a, b, c, t]) => G(R(0, 4, 74, 74, 3, dk(c, 0.15)) + P('M0 0H74V62L60 76H0Z', d.v(c)) + P('M74 62L60 62V76Z', dk(c, 0.2)), `translate(${a} ${b + 20}) rotate(${t})`)).join('') } : { w: 120, n: 'letter paper with a printed leaf', s: G(R(36, 30, 124, 160, 2, '#efe6d2'), 'rotate(4 100 110)') + R(36, 26, 124, 164, 2, d.v(c1)) + `<path transform="translate(132 164) rotate(-30) scale(1.6)" d="M0 0C10-10 14-22 0-34C-14-22-10-10 0 0Z" fill="${c2}" opacity=".75"/>` + range(6).map((i) => S(`M52 ${56 + i * 15}H${140 - (i % 3) * 12}`, '#b8ae98', 2.2)).join('') + P('M66 200L104 168L180 182L176 214Z', '#e3d5b8', 'opacity="0"') };
  },
  calendar(d, { c1, x }) {
    return { w: 110, hang: true, n: `wall calendar${x ? ` with ${x}` : ''}`, s: S('M70 22Q100 -8 130 22', '#8d8376', 3) + R(36, 18, 128, 172, 5, d.v('#fbf6ea')) + R(36, 18, 128, 84, 5, d.v(c1)) + range(9).map((i) => C(48 + i * 13, 20, 3.4, '#fff', 'stroke="#8d8376" stroke-width="1.5"')).join('') + d.icon(x, 100, 62, 60) + range(4).map((r) => range(7).map((i) => R(47 + i * 15.4, 114 + r * 17, 10, 10, 2, (i + r * 7) % 11 === 4 ? '#e8a838' : '#ddd3bf')).join('')).join('') };
  },
  pens(d, { c1, c2 }) {
    const tones = ['#c63d36', '#e8a838', '#538e52', '#3d72b4', '#714468', '#5dada4', '#da8f93'];
    return { w: 140, n: 'fan of colored pens', s: tones.map((c, i) => G(R(-8, -150, 16, 128, 2, d.g(c)) + P('M-8 -150L0 -176L8 -150Z', '#ecd6ae') + P('M-3 -166L0 -176L3 -166Z', c) + R(-8, -26, 16, 12, 2, lt(c, 0.3)), `translate(100 212) rotate(${(i - 3) * 13})`)).join('') + P('M64 150H136L130 190H70Z', d.v(c1)) + R(64, 162, 72, 9, 0, c2) };
  },
  disc(d, { c1, c2, x }) {
    const r = x === 'lp' ? 72 : 58;
    return { w: 150, flat: true, n: x === 'lp' ? 'record half out of its sleeve' : 'CD half out of its sleeve', s: C(126, 104, r, x === 'lp' ? d.o('#2b2d31') : d.v('#d5dde4')) + range(4).map((i) => C(126, 104, r - 10 - i * 9, 'none', `stroke="${x === 'lp' ? '#46494f' : '#ffffff'}" stroke-width="1.6" opacity=".7"`)).join('') + C(126, 104, 17, c2) + C(126, 104, 4, '#fbf6ea') + R(8, 34, 126, 140, 4, d.v(c1)) + d.icon(x === 'lp' ? 'saxophone' : c1 === '#ab98c8' ? 'crescent-moon' : 'drum', 70, 98, 66) + R(24, 148, 60, 5, 2, c2) + R(24, 158, 38, 4, 2, c2) };
  },
};

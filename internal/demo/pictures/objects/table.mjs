// Cups, pots, kitchen things and what stands on a shelf.
import { R, C, E, P, S, G, lt, dk, mix, shine, range } from '../draw.mjs';

const glaze = (d, x, shape, c1, c2) => (x === 'speckle' ? `<g clip-path="${d.clip(shape)}">${R(0, 0, 200, 200, 0, d.pattern('speckle', c1))}</g>` : '');

export const table = {
  mug(d, { c1 = '#f6f2ea', x }) {
    const shape = P('M44 62H134V158Q134 190 106 190H72Q44 190 44 158Z', '#000');
    return { w: 104, n: 'mug', s: S('M132 86Q170 80 168 116Q166 148 130 148', dk(c1, 0.12), 14) + S('M132 86Q168 82 166 116Q164 146 130 148', c1, 8) + P('M44 62H134V158Q134 190 106 190H72Q44 190 44 158Z', d.g(c1)) +
      (x === 'speckle' ? `<g clip-path="${d.clip(shape)}" opacity=".8"><rect x="44" y="62" width="90" height="128" fill="${d.pattern('speckle', c1)}" opacity=".55"/></g>` : '') + (x === 'band' ? P('M44 138H134V158Q134 190 106 190H72Q44 190 44 158Z', d.g('#b08a62')) : '') +
      E(89, 62, 45, 12, lt(c1, 0.25)) + E(89, 63, 38, 9, '#7a4a2a') + E(85, 61, 26, 4, '#a76d3e', 'opacity=".7"') + shine('M54 84V150', 6, 0.35) };
  },
  cup(d, { c1, c2 }) {
    return { w: 150, n: 'small cup on its saucer', s: E(100, 176, 84, 16, d.g(dk(c1, 0.05))) + E(100, 172, 78, 12, d.g(lt(c1, 0.15))) + S('M132 108Q164 104 158 130Q152 148 126 146', c1, 9) + P('M56 92H140Q140 170 108 170H88Q56 170 56 92Z', d.g(c1)) + E(98, 92, 42, 11, c2) + E(98, 93, 35, 8, '#5b3822') + E(94, 91, 20, 3.5, '#a9764a', 'opacity=".8"') };
  },
  tumbler(d, { c1, x }) {
    return { w: 100, n: 'handleless cup', s: P('M48 70H152L142 172Q140 190 122 190H78Q60 190 58 172Z', d.g('#e9dcc5')) + P('M48 70H152L146 132Q120 142 100 132T54 132Z', d.g(c1)) + E(100, 70, 52, 13, lt(c1, 0.2)) + E(100, 72, 44, 9, dk(c1, 0.28)) + shine('M60 84L65 120', 5, 0.4) };
  },
  plate(d, { c1 = '#f6f2ea', c2, x }) {
    if (x === 'cymbal') return { w: 120, n: 'brass cymbal', s: S('M100 96Q120 60 100 34', '#a7432f', 5) + C(100, 34, 7, '#a7432f') + P('M20 160Q50 150 70 120Q84 100 100 100Q116 100 130 120Q150 150 180 160Q140 190 100 190Q60 190 20 160Z', d.g(c1)) + S('M40 160Q100 186 160 160', lt(c1, 0.4), 3) };
    const art = x === 'weave' ? C(100, 104, 82, d.pattern('weave', c1, dk(c1, 0.3))) + range(3).map((i) => C(100, 104, 82 - i * 24, 'none', `stroke="${dk(c1, 0.3)}" stroke-width="4"`)).join('')
      : C(100, 104, 86, d.v(c1)) + C(100, 104, 86, 'none', `stroke="${dk(c1, 0.18)}" stroke-width="2"`) + C(100, 104, 62, d.v(dk(c1, 0.05))) + C(100, 104, 58, lt(c1, 0.12)) +
        (x === 'herb' ? G('<path d="M0 60C4 20 4 -10 0 -56" stroke="' + c2 + '" stroke-width="3.5" fill="none"/>' + range(7).map((i) => E(15 - i, 40 - i * 14, 15 - i * 1.2, 5, c2, `transform="rotate(-32 ${15 - i} ${40 - i * 14})"`) + E(-15 + i, 40 - i * 14, 15 - i * 1.2, 5, c2, `transform="rotate(32 ${-15 + i} ${40 - i * 14})"`)).join(''), 'translate(100 106) rotate(24) scale(.8)') : '') +
        (x === 'flowers' ? range(12).map((i) => { const a = (i * Math.PI) / 6; return C(100 + 74 * Math.cos(a), 104 + 74 * Math.sin(a), 8, '#ffffff') + C(100 + 74 * Math.cos(a), 104 + 74 * Math.sin(a), 3, c2); }).join('') : '') + S('M34 84Q48 40 92 28', '#ffffff', 5, 'opacity=".5"');
    return { w: 110, flat: true, n: x === 'weave' ? 'round woven mat' : `plate${x === 'herb' ? ' with a painted fern' : ''}`, s: art };
  },
  bowl(d, { c1, c2, x }) {
    const inside = c2 ?? dk(c1, 0.3);
    return { w: 110, n: x === 'round' ? 'stone mortar' : 'bowl', s: R(70, 176, 60, 14, 5, d.g(dk(c1, 0.15))) + P('M22 96H178Q176 182 118 182H82Q24 182 22 96Z', d.g(c1)) + E(100, 96, 78, 20, lt(c1, 0.22)) + E(100, 98, 68, 14, inside) + (x === 'soap' ? E(100, 92, 54, 16, d.o('#fbf6ea')) + E(86, 86, 12, 6, '#fff') : '') + (x === 'round' ? S('M96 94L142 30', dk(c1, 0.25), 22) + S('M96 94L142 30', d.g(lt(c1, 0.1)), 16) : '') + shine('M36 116Q42 150 64 168', 6, 0.3) };
  },
  teapot(d, { c1 }) {
    return { w: 120, n: 'round teapot', s: S('M50 86Q56 16 104 16Q150 16 152 84', '#a9793f', 8) + S('M52 82Q60 22 104 20', '#d0a566', 3) + P('M146 108Q166 104 172 84Q176 74 188 78Q184 130 150 150Z', d.g(dk(c1, 0.08))) + P('M34 124Q34 76 98 76Q162 76 162 124Q162 190 116 190H80Q34 190 34 124Z', d.g(c1)) + E(98, 80, 38, 9, dk(c1, 0.2)) + P('M60 78Q98 54 136 78Z', d.g(lt(c1, 0.06))) + C(98, 60, 9, d.o(c1)) + shine('M48 112Q44 148 62 172', 7, 0.35) };
  },
  pitcher(d, { c1 }) {
    return { w: 100, n: 'narrow-necked water pitcher', s: S('M134 62Q178 74 166 112Q158 132 142 136', dk(c1, 0.1), 12) + P('M78 18Q66 14 62 24L80 48Q82 78 64 98Q40 122 46 156Q52 190 100 190Q148 190 154 156Q160 122 136 98Q120 78 124 22Z', d.g(c1)) + E(100, 22, 26, 7, dk(c1, 0.3)) + S('M50 130Q100 146 150 130', lt(c1, 0.3), 3) + S('M48 140Q100 156 152 140', lt(c1, 0.3), 2) + shine('M60 122Q54 150 64 170', 6, 0.3) };
  },
  vase(d, { c1 }) {
    return { w: 84, n: 'vase', s: P('M82 34H118Q116 56 124 72Q156 96 150 140Q146 190 100 190Q54 190 50 140Q44 96 76 72Q84 56 82 34Z', d.g(c1)) + P('M50 124Q70 132 84 122T118 126T150 120L150 110Q152 92 124 72H76Q48 92 50 110Z', lt(c1, 0.28), 'opacity=".55"') + E(100, 34, 20, 6, dk(c1, 0.4)) + E(100, 34, 20, 6, 'none', `stroke="${lt(c1, 0.2)}" stroke-width="3"`) + shine('M60 116Q56 150 70 172', 6, 0.35) };
  },
  claypot(d, { c1 }) {
    return { w: 118, n: 'clay pot with a lid', s: P('M30 86H170Q186 120 170 152Q152 190 100 190Q48 190 30 152Q14 120 30 86Z', d.g(c1)) + R(24, 76, 152, 16, 8, d.g(lt(c1, 0.08))) + P('M38 78Q52 40 100 40Q148 40 162 78Z', d.g(dk(c1, 0.06))) + R(86, 24, 28, 20, 9, d.g(c1)) + S('M28 122Q100 138 172 122', dk(c1, 0.2), 2.5) + P('M110 186Q160 182 172 146Q178 132 176 116Q170 170 110 186Z', '#3d2a22', 'opacity=".25"') + shine('M36 106Q32 130 44 152', 6, 0.28) };
  },
  saucepan(d, { c1, c2, x }) {
    const body = x === 'tall' ? 60 : x === 'round' ? 104 : 108;
    return { w: 120, n: x === 'tall' ? 'milk pot' : x === 'round' ? 'hopper pan with a lid' : 'pan', s: x === 'tall'
      ? R(146, 96, 52, 15, 7, d.v('#3a3d43')) + P('M34 62H150V172Q150 190 132 190H52Q34 190 34 172Z', d.g(c1)) + E(92, 62, 60, 14, lt(c1, 0.3)) + E(92, 64, 52, 10, '#fdf8ec') + P('M30 58L16 52L34 74Z', lt(c1, 0.1)) + S('M46 88V160', '#ffffff', 5, 'opacity=".45"')
      : x === 'round' ? S('M22 112Q4 108 6 126M178 112Q196 108 194 126', dk(c1, 0.1), 9) + P('M20 108H180Q166 190 100 190Q34 190 20 108Z', d.g(c1)) + P('M24 106Q40 60 100 58Q160 60 176 106Z', d.g('#a6784b')) + R(84, 44, 32, 18, 8, d.g('#7d5435')) + R(18, 102, 164, 11, 5, d.g(lt(c1, 0.1)))
        : R(158, 112, 60, 13, 6, d.v('#33363c')) + P(`M12 ${body}H164V166Q164 190 140 190H36Q12 190 12 166Z`, d.g(c1)) + E(88, body, 76, 17, lt(c1, 0.3)) + E(88, body + 1, 68, 13, mix(c1, '#3b3d42', 0.35)) + (c2 ? '' : P('M20 104Q30 70 88 68Q146 70 156 104Q120 120 88 120Q50 120 20 104Z', '#dbe8ec', 'opacity=".75"') + C(88, 64, 10, d.o('#3a3d43')) + shine('M44 92Q62 80 86 78', 4, 0.8)) + S('M24 130V168', '#fff', 5, 'opacity=".3"') };
  },
  kettle(d, { c1, c2 }) {
    return { w: 112, n: 'electric kettle', s: R(44, 176, 112, 14, 6, d.v(c2)) + S('M142 62Q186 62 178 128Q174 160 148 164', c2, 12) + P('M60 56H140L154 158Q156 178 138 178H62Q44 178 46 158Z', d.g(c1)) + P('M62 66L30 70L52 104Z', d.g(c1)) + P('M58 56Q60 40 100 40Q140 40 142 56Z', d.g(c2)) + C(100, 38, 7, c2) + R(92, 96, 9, 56, 4, '#7fb1c9', 'opacity=".8"') + shine('M62 84L56 156', 5, 0.6) };
  },
  tiffin(d, { c1, c2 }) {
    return { w: 96, n: 'stacked steel food carrier', s: S('M52 176V44Q52 20 100 20Q148 20 148 44V176', dk(c1, 0.18), 6) + R(84, 12, 32, 14, 6, d.g(c2)) + range(3).map((i) => R(48, 136 - i * 42, 104, 40, 7, d.g(c1)) + R(46, 134 - i * 42, 108, 8, 4, d.g(lt(c1, 0.15)))).join('') + P('M50 50Q56 34 100 34Q144 34 150 50Z', d.g(c1)) + R(42, 176, 116, 14, 6, d.g(dk(c1, 0.12))) + range(3).map((i) => S(`M60 ${148 - i * 42}v18`, '#fff', 4, 'opacity=".5"')).join('') };
  },
  tray(d, { c1 }) {
    return { w: 150, n: 'shallow tray', s: P('M14 150H186L170 184Q168 190 158 190H42Q32 190 30 184Z', d.g(c1)) + E(100, 150, 86, 17, lt(c1, 0.2)) + E(100, 152, 74, 11, dk(c1, 0.16)) + S('M34 168Q100 182 166 168', lt(c1, 0.35), 2.5) };
  },
  board(d, { c1 }) {
    return { w: 130, n: 'end-grain chopping board', s: G(R(30, 30, 140, 160, 14, d.v(dk(c1, 0.12))) + range(6).map((r) => range(5).map((i) => R(38 + i * 25, 38 + r * 24.5, 24, 23.5, 2, [c1, lt(c1, 0.16), dk(c1, 0.1), lt(c1, 0.07)][(i * 3 + r * 2) % 4])).join('')).join('') + R(34, 34, 132, 152, 12, 'none', `stroke="${dk(c1, 0.3)}" stroke-width="3"`) + C(100, 50, 8, dk(c1, 0.5)), '') };
  },
  woodspoon(d, { c1 }) {
    return { w: 40, n: 'wooden spoon', s: R(92, 84, 16, 106, 8, d.g(c1)) + E(100, 54, 32, 42, d.g(c1)) + E(100, 54, 22, 31, dk(c1, 0.2)) + E(97, 58, 16, 22, dk(c1, 0.08)) + shine('M96 108V176', 3, 0.3) };
  },
  cinnamon(d, { c1 }) {
    const q = (x, y, t) => G(R(-76, -11, 152, 22, 11, d.v(c1)) + E(76, 0, 7, 11, dk(c1, 0.35)) + S('M70 -4q6 4 0 8q-5 -2 -1 -6', lt(c1, 0.2), 2) + S('M-66 -3H62', lt(c1, 0.25), 2) + S('M-60 4H50', dk(c1, 0.25), 1.5), `translate(${x} ${y}) rotate(${t})`);
    return { w: 150, n: 'bundle of cinnamon quills', s: q(100, 176, 0) + q(96, 156, -3) + q(104, 136, 3) + R(84, 124, 18, 64, 5, '#d9c8a2') + S('M84 146h18M84 152h18M84 158h18', '#b79b68', 2) };
  },
  ricecooker(d, { c1 }) {
    return { w: 130, n: 'rice cooker', s: R(16, 112, 24, 18, 6, dk(c1, 0.35)) + R(160, 112, 24, 18, 6, dk(c1, 0.35)) + P('M32 86H168V158Q168 190 136 190H64Q32 190 32 158Z', d.g(c1)) + R(28, 80, 144, 12, 6, d.g('#c3c9cf')) + P('M36 80Q44 44 100 44Q156 44 164 80Z', '#d9e6ea', 'opacity=".85"') + C(100, 40, 10, d.o('#3a3d43')) + R(80, 148, 40, 28, 8, '#2f3339') + C(92, 162, 4, '#f2b632') + R(101, 158, 12, 7, 3, '#dfe3e6') + shine('M58 74Q68 56 92 52', 4, 0.8) };
  },
  blender(d, { c1 }) {
    return { w: 100, n: 'blender', s: P('M56 136H144L152 182Q154 190 146 190H54Q46 190 48 182Z', d.g(c1)) + C(100, 164, 14, '#f3efe6') + S('M100 164L108 156', '#3a3d43', 4) + R(70, 124, 60, 14, 4, '#3a3d43') + P('M58 36H142L130 126H70Z', '#e2eff1') + P('M61 66H139L130 124H70Z', d.g('#e8a838')) + S('M142 52Q168 56 160 92Q156 108 136 106', '#cfdfe3', 9) + R(54, 22, 92, 16, 6, d.g(dk(c1, 0.2))) + R(88, 12, 24, 12, 4, dk(c1, 0.3)) + shine('M70 46L80 116', 4, 0.7) };
  },
  basket(d, { c1, c2, x }) {
    const top = x === 'lid' ? 56 : 100;
    const body = `M26 ${top}H174L158 176Q156 190 142 190H58Q44 190 42 176Z`;
    return { w: 128, n: x === 'lid' ? 'tall basket with a lid' : 'woven basket', s: (x === 'handle' ? S('M44 102Q48 22 100 22Q152 22 156 102', dk(c2 ?? c1, 0.1), 10) + S('M46 96Q54 28 100 26', lt(c2 ?? c1, 0.2), 3) : '') +
      P(body, d.pattern('weave', c1, dk(c1, 0.22))) + `<g clip-path="${d.clip(P(body, '#000'))}">${R(0, 0, 200, 200, 0, d.g(c1), 'opacity=".32"')}${R(0, top + (190 - top) * 0.42, 200, 16, 0, d.pattern('weave', c2 ?? dk(c1, 0.3), dk(c2 ?? c1, 0.25)))}</g>` +
      (x === 'lid' ? P('M22 56Q28 26 100 24Q172 26 178 56Z', d.pattern('weave', c1, dk(c1, 0.25))) + R(88, 12, 24, 16, 7, d.g(c2)) : E(100, top, 74, 15, dk(c1, 0.42))) + E(100, top, 74, x === 'lid' ? 4 : 15, 'none', `stroke="${lt(c1, 0.15)}" stroke-width="7"`) };
  },
  lantern(d, { c1 }) {
    return { w: 90, n: 'brass storm lantern', s: S('M56 76Q40 4 100 8Q160 4 144 76', c1, 5) + R(74, 36, 52, 18, 6, d.g(c1)) + R(84, 24, 32, 14, 5, d.g(dk(c1, 0.15))) + P('M70 54H130Q154 96 130 140H70Q46 96 70 54Z', '#f6ead0', 'opacity=".85"') + C(100, 102, 34, '#f7d98a', 'opacity=".8"') + P('M100 68Q118 98 100 122Q82 98 100 68Z', '#f0a52e') + P('M100 90Q109 106 100 120Q91 106 100 90Z', '#fff3c8') + R(64, 138, 72, 16, 5, d.g(c1)) + P('M58 154H142L154 190H46Z', d.g(dk(c1, 0.08))) + C(150, 164, 8, dk(c1, 0.2)) + shine('M72 70Q60 98 72 126', 4, 0.7) };
  },
  dialscale(d, { c1, c2 }) {
    return { w: 120, n: 'scale with a dial and a pan', s: P('M24 40H176L164 62H36Z', d.g('#c3c9cf')) + R(84, 60, 32, 20, 2, dk(c1, 0.2)) + P('M52 78H148L164 182Q164 190 156 190H44Q36 190 36 182Z', d.g(c1)) + C(100, 132, 40, c2) + C(100, 132, 40, 'none', `stroke="${dk(c1, 0.3)}" stroke-width="4"`) + range(12).map((i) => `<rect x="99" y="97" width="2.4" height="${i % 3 ? 6 : 10}" fill="#4b4d52" transform="rotate(${i * 30} 100 132)"/>`).join('') + S('M100 132L118 106', '#c63d36', 4) + C(100, 132, 5, '#c63d36') };
  },
  petbowl(d, { c1, c2, x }) {
    const one = (x0, y, c) => G(P('M8 0H112L126 54Q126 60 118 60H2Q-6 60 -6 54Z', d.g(c)) + E(60, 2, 52, 12, lt(c, 0.25)) + E(60, 3, 43, 8, x === 'raised' ? dk(c, 0.25) : '#8a5a35'), `translate(${x0} ${y})`);
    return x === 'raised' ? { w: 150, n: 'raised bench with two bowls', s: R(10, 110, 180, 18, 4, d.v(c2)) + R(20, 128, 16, 62, 3, d.v(dk(c2, 0.12))) + R(164, 128, 16, 62, 3, d.v(dk(c2, 0.12))) + G(one(0, 0, c1), 'translate(22 84) scale(.58)') + G(one(0, 0, c1), 'translate(108 84) scale(.58)') }
      : { w: 140, n: 'glazed pet bowl with a bone on its side', s: G(one(0, 0, c1), 'translate(10 110) scale(1.5 1.33)') + G(R(-22, -6, 44, 12, 4, '#f6efe0') + C(-24, -7, 8, '#f6efe0') + C(-24, 7, 8, '#f6efe0') + C(24, -7, 8, '#f6efe0') + C(24, 7, 8, '#f6efe0'), 'translate(100 160)') };
  },
  babycup(d, { c1 }) {
    return { w: 80, n: 'training cup with two handles', s: S('M62 96Q24 92 30 126Q34 150 64 150M138 96Q176 92 170 126Q166 150 136 150', dk(c1, 0.12), 12) + S('M110 40Q112 14 136 16', '#d9efe9', 8) + P('M58 74H142L134 174Q132 190 116 190H84Q68 190 66 174Z', d.g(c1)) + P('M54 76Q54 46 100 44Q146 46 146 76Z', d.g(lt(c1, 0.4))) + C(86, 122, 5, '#5a3f33') + C(114, 122, 5, '#5a3f33') + S('M90 138Q100 148 110 138', '#5a3f33', 4) };
  },
  brickblock(d, { c1, c2 }) {
    return { w: 140, n: 'block', s: P('M26 104L56 78H184L158 104Z', lt(c1, 0.3)) + P('M158 104L184 78V158L158 190Z', dk(c1, 0.25)) + R(26, 104, 132, 86, 6, d.v(c1)) + range(22).map((i) => C(36 + ((i * 53) % 114), 112 + ((i * 31) % 70), 2.2, i % 2 ? lt(c1, 0.35) : dk(c1, 0.3), 'opacity=".7"')).join('') + (c2 ? R(68, 104, 46, 86, 0, lt(c2, 0.55), 'opacity=".9"') + R(78, 138, 26, 4, 2, dk(c2, 0.3)) + R(78, 148, 26, 4, 2, dk(c2, 0.3)) : '') };
  },
  crate(d, { c1 }) {
    return { w: 150, n: 'wooden crate with rope handles', s: P('M14 96L40 70H160L186 96Z', dk(c1, 0.45)) + R(14, 94, 172, 96, 4, dk(c1, 0.35)) + range(3).map((i) => R(10, 94 + i * 33, 180, 28, 3, d.v(i % 2 ? c1 : lt(c1, 0.1))) + S(`M22 ${104 + i * 33}H150M60 ${112 + i * 33}H176`, dk(c1, 0.16), 1.4)).join('') + R(22, 94, 14, 96, 2, d.v(dk(c1, 0.1))) + R(164, 94, 14, 96, 2, d.v(dk(c1, 0.1))) + S('M82 112Q100 138 118 112', '#d9c8a2', 6) };
  },
};

// Clothes, cloth and bags.
import { R, C, E, P, S, G, lt, dk, mix, shine, range } from '../draw.mjs';

const fold = (d, y, c, fill, h = 30) => R(28, y, 144, h, 14, fill) + `<path d="M158 ${y + 3}Q172 ${y + h / 2} 158 ${y + h - 3}" stroke="${dk(c, 0.25)}" stroke-width="2.5" fill="none"/>` + R(28, y + h - 6, 144, 6, 3, dk(c, 0.3), 'opacity=".18"');
const hanger = () => S('M100 30V20Q100 10 109 10', '#8e7a60', 4) + S('M52 52Q100 26 148 52', '#a9805a', 7);

export const cloth = {
  stack(d, { c1, c2, x }) {
    const tones = [c1, lt(c1, 0.28), mix(c1, c2 ?? '#f3ead8', 0.5), lt(c1, 0.5)];
    return { w: 148, n: 'stack of folded cloth', s: range(4).map((i) => { const c = i % 2 && x === 'plain' ? lt(c1, 0.1) : tones[i]; return fold(d, 160 - i * 31, c, i % 2 === 0 && x && x !== 'border' && x !== 'plain' ? d.cloth(x, c, c2 ?? lt(c1, 0.6)) : d.v(c)); }).join('') + (x === 'border' ? R(52, 67, 16, 123, 0, '#d8aa4b', 'opacity=".55"') : '') };
  },
  cloth(d, { c1, c2, x }) {
    const c = c2 ?? lt(c1, 0.7);
    return { w: 120, hang: true, n: `hanging cloth${x === 'batik' ? ' with a batik pattern' : x === 'checks' ? ' with checks' : x === 'stripes' ? ' with stripes' : ''}`, s: R(14, 22, 172, 9, 4.5, d.v('#a9805a')) + P('M36 26H164V182Q148 192 132 184T100 184T68 184T36 182Z', x === 'border' ? d.v(c1) : d.cloth(x, c1, c)) + (x === 'border' ? R(36, 150, 128, 6, 0, c) + R(36, 160, 128, 14, 0, mix(c1, c, 0.6)) + R(36, 40, 128, 4, 0, c) : '') +
      range(3).map((i) => P(`M${60 + i * 36} 30Q${54 + i * 36} 110 ${62 + i * 36} 186L${72 + i * 36} 184Q${64 + i * 36} 110 ${66 + i * 36} 30Z`, '#2b2320', 'opacity=".09"')).join('') + (x === 'stripes' ? range(12).map((i) => S(`M${42 + i * 10.5} 184v10`, lt(c1, 0.3), 2)).join('') : '') };
  },
  cushion(d, { c1, c2, x }) {
    const b = 'M22 42Q100 58 178 42Q164 110 178 182Q100 168 22 182Q36 110 22 42Z';
    return { w: 140, n: `cushion${x === 'motif' ? ' with a woven motif' : x === 'stripes' ? ' with stripes' : ''}`, s: P(b, d.cloth(x, c1, c2)) + P('M22 182Q100 168 178 182Q168 140 170 96Q140 164 22 182Z', '#2b2320', 'opacity=".12"') + P(b, 'none', `stroke="${dk(c1, 0.25)}" stroke-width="3"`) + shine('M40 62Q98 72 150 62', 6, 0.18) };
  },
  pillow(d, { c1, c2, x }) {
    const b = x === 'small' ? 'M16 104Q100 90 184 104Q196 144 184 180Q100 194 16 180Q4 144 16 104Z' : 'M12 76Q100 62 188 76Q200 130 188 182Q100 196 12 182Q0 130 12 76Z';
    return { w: 170, n: 'pillow', s: P(b, x === 'stripes' ? d.pattern('stripes', c1, '#c9b48f') : d.v(c1)) + P('M188 182Q100 196 12 182Q8 164 8 150Q100 186 192 150Q192 164 188 182Z', '#2b2320', 'opacity=".1"') + S('M166 78Q176 130 166 184', dk(c1, 0.14), 2.5) + S('M24 96Q44 104 58 98M30 168Q50 158 62 164', dk(c1, 0.12), 2.5) };
  },
  rug(d, { c1, c2, x }) {
    if (x === 'roundmat') return { w: 130, flat: true, n: 'round quilted mat', s: C(100, 104, 86, d.v(c1)) + range(8).map((i) => `<path d="M100 104V20" stroke="${lt(c1, 0.4)}" stroke-width="2" stroke-dasharray="6 4" transform="rotate(${i * 45} 100 104)"/>`).join('') + [28, 56].map((r) => C(100, 104, r, 'none', `stroke="${lt(c1, 0.4)}" stroke-width="2" stroke-dasharray="6 4"`)).join('') + C(100, 104, 83, 'none', `stroke="${c2}" stroke-width="5"`) };
    if (x === 'halfmoon') return { w: 160, flat: true, n: 'half-round doormat', s: P('M10 150A90 90 0 0 1 190 150Z', d.pattern('speckle', c1, c2)) + P('M10 150A90 90 0 0 1 190 150Z', 'none', `stroke="${c2}" stroke-width="8"`) + S('M44 146A56 56 0 0 1 156 146', c2, 5) };
    const fringe = range(15).map((i) => S(`M${22 + i * 11} 46v-10M${22 + i * 11} 166v10`, mix(c1, '#f3ead8', 0.6), 3)).join('');
    return { w: 160, flat: true, n: 'flat rug', s: (x === 'stripes' ? fringe : '') + R(14, 46, 172, 120, 6, x === 'plain' ? d.v(c1) : d.cloth(x, c1, c2 ?? lt(c1, 0.5))) + R(20, 52, 160, 108, 4, 'none', `stroke="${c2 && x !== 'plain' ? c2 : lt(c1, 0.35)}" stroke-width="2.5"`) };
  },
  curtain(d, { c1, c2, x }) {
    return { w: 110, hang: true, n: x === 'plain' ? 'hanging net' : 'curtain', s: R(8, 20, 184, 8, 4, d.v('#8e7a60')) + C(8, 24, 8, '#8e7a60') + C(192, 24, 8, '#8e7a60') + P('M30 26H170V188Q160 192 148 186T124 186T100 186T76 186T52 186T30 188Z', x === 'leaves' ? d.pattern('leaves', c1, c2) : d.v(c1), x === 'plain' ? 'opacity=".78"' : '') + range(6).map((i) => P(`M${42 + i * 23} 28Q${38 + i * 23} 110 ${44 + i * 23} 188L${52 + i * 23} 186Q${46 + i * 23} 110 ${48 + i * 23} 28Z`, '#2b2320', 'opacity=".09"')).join('') + range(8).map((i) => C(38 + i * 18, 25, 5, 'none', 'stroke="#cda04a" stroke-width="2.5"')).join('') };
  },
  saree(d, { c1, c2, x }) {
    const fill = x === 'lotus' ? d.pattern('flowers', c1, c2) : x === 'stripes' ? d.pattern('stripes', c1, mix(c1, c2, 0.55)) : d.v(c1);
    const border = d.pattern('checks', c2, dk(c2, 0.3));
    return { w: 110, hang: true, n: 'saree draped over a rod', s: P('M96 30H176L184 196Q150 204 112 196Z', d.v(dk(c1, 0.2))) + P('M104 178L183 176L184 196Q150 204 112 196Z', border) + P('M24 30H122Q128 110 140 172Q80 188 16 172Q22 100 24 30Z', fill) + P('M136 150Q80 166 18 150L16 172Q80 188 140 172Z', border) + P('M134 142Q80 158 19 142L18 147Q80 163 135 147Z', c2) +
      P('M24 30H36Q34 100 30 175L16 172Q22 100 24 30Z', border) + range(4).map((i) => S(`M${52 + i * 19} 34Q${48 + i * 20} 100 ${50 + i * 21} 150`, dk(c1, 0.4), 2, 'opacity=".35"')).join('') + range(4).map((i) => S(`M${130 + i * 13} 36L${132 + i * 14} 176`, dk(c1, 0.5), 2, 'opacity=".4"')).join('') + range(13).map((i) => S(`M${20 + i * 9.6} ${174 + Math.sin((i / 12) * 3.14) * 8}v10`, c2, 2.4)).join('') + R(6, 20, 188, 11, 5.5, d.v('#a9805a')) };
  },
  sarong(d, { c1, c2, x }) {
    return { w: 148, n: 'folded sarong', s: R(24, 76, 152, 114, 10, d.cloth(x, c1, c2)) + P('M24 150H176V180Q176 190 166 190H34Q24 190 24 180Z', dk(c1, 0.2), 'opacity=".3"') + P('M100 76H166Q176 76 176 86V180Q176 190 166 190H112Z', dk(c1, 0.25), 'opacity=".22"') + S('M100 76L112 190', dk(c1, 0.4), 2.5) + R(24, 108, 152, 24, 0, '#f8f1e3') + R(24, 112, 152, 3, 0, c1) + R(24, 125, 152, 3, 0, c1) + d.icon('lotus', 66, 120, 18) };
  },
  scarf(d, { c1, c2, x }) {
    return { w: 110, hang: true, n: 'scarf over a peg', s: S('M100 12V40', '#8e7a60', 8) + C(100, 34, 12, d.o('#a9805a')) + P('M84 40Q66 60 60 110L50 184H94Q98 110 116 48Z', d.cloth(x, c1, c2)) + P('M116 40Q134 60 140 104L154 168H112Q106 110 88 50Z', d.cloth(x, mix(c1, '#2b2320', 0.12), c2)) + range(6).map((i) => S(`M${54 + i * 8} 184v12`, lt(c1, 0.2), 2.5) + S(`M${117 + i * 7} 168v12`, c1, 2.5)).join('') };
  },
  tee(d, { c1, c2, x }) {
    const long = x === 'long', vest = x === 'vest';
    const sleeves = vest ? '' : long ? P('M58 52L16 172L42 180L74 92ZM142 52L184 172L158 180L126 92Z', d.v(dk(c1, 0.05))) : x === 'boat' ? P('M58 52L22 130L46 140L72 92ZM142 52L178 130L154 140L128 92Z', d.v(dk(c1, 0.05))) : P('M60 48L14 96L42 120L70 92ZM140 48L186 96L158 120L130 92Z', d.v(dk(c1, 0.06)));
    const front = vest ? 'M66 36Q70 72 54 88V182Q100 192 146 182V88Q130 72 134 36L118 36Q116 70 100 70Q84 70 82 36Z' : 'M60 48Q78 38 82 36Q100 54 118 36Q122 38 140 48L144 182Q100 194 56 182Z';
    return { w: 100, hang: true, n: vest ? 'vest' : x === 'collar' ? 'polo shirt' : x === 'cat' ? 'T-shirt with a cat print' : long ? 'long-sleeved top' : 'T-shirt', s: sleeves + P(front, x === 'stripes' ? d.pattern('stripes', c2, c1) : d.v(c1)) + (vest ? '' : x === 'boat' ? S('M70 44Q100 56 130 44', dk(c1, 0.3), 4) : S('M82 37Q100 58 118 37', dk(c1, 0.22), 5)) +
      (x === 'collar' ? P('M80 36L66 50L86 66L100 52ZM120 36L134 50L114 66L100 52Z', dk(c1, 0.12)) + R(95, 54, 10, 34, 2, dk(c1, 0.1)) + C(100, 66, 2.5, '#f8f1e3') + C(100, 78, 2.5, '#f8f1e3') : '') + (x === 'cat' ? d.icon('cat-face', 100, 116, 54) : '') + (long ? R(56, 100, 88, 7, 0, c2, 'opacity=".8"') : '') + P('M124 60Q132 120 128 186L142 182L138 56Z', '#2b2320', 'opacity=".08"') };
  },
  shirt(d, { c1, c2, x }) {
    const long = x === 'long' || x === 'collarless' || x === 'pajama';
    return { w: 100, hang: true, n: x === 'pajama' ? 'pajama shirt' : x === 'collarless' ? 'collarless white shirt' : 'shirt on a hanger', s: hanger() + (long ? P('M58 50L20 168L44 178L74 96ZM142 50L180 168L156 178L126 96Z', d.v(dk(c1, 0.06))) + R(20, 160, 26, 12, 3, dk(c1, 0.12), 'transform="rotate(18 33 166)"') + R(154, 160, 26, 12, 3, dk(c1, 0.12), 'transform="rotate(-18 167 166)"') : P('M60 50L18 104L46 124L70 94ZM140 50L182 104L154 124L130 94Z', d.v(dk(c1, 0.06)))) +
      P('M60 50L84 40H116L140 50L144 180Q122 188 100 184Q78 188 56 180Z', d.v(c1)) + (x === 'collarless' ? S('M84 42Q100 52 116 42', dk(c1, 0.2), 6) : P('M84 40L100 60L78 72L72 46ZM116 40L100 60L122 72L128 46Z', x === 'pajama' ? c2 : lt(c1, 0.25), `stroke="${dk(c1, 0.18)}" stroke-width="1.5"`)) + S('M100 60V184', x === 'pajama' ? c2 : dk(c1, 0.22), x === 'pajama' ? 4 : 2.5) + range(5).map((i) => C(100, 78 + i * 22, 3.2, '#f8f1e3', `stroke="${dk(c1, 0.4)}" stroke-width="1"`)).join('') + R(112, 84, 24, 26, 3, 'none', `stroke="${dk(c1, 0.18)}" stroke-width="2"`) };
  },
  dress(d, { c1, c2, x }) {
    const body = 'M76 40L84 36Q100 58 116 36L124 40Q128 74 118 92Q132 140 148 182Q100 196 52 182Q68 140 82 92Q72 74 76 40Z';
    return { w: 90, hang: true, n: 'dress on a hanger', s: hanger() + P(body, d.cloth(x, c1, c2)) + P('M82 92Q100 98 118 92L120 98Q100 106 80 98Z', dk(c1, 0.3)) + (x === 'buttons' ? range(6).map((i) => C(100, 64 + i * 20, 3.2, '#e5d3ad')).join('') + P('M84 36L100 56L80 62ZM116 36L100 56L120 62Z', lt(c1, 0.2)) : '') + range(4).map((i) => S(`M${84 + i * 11} 104Q${76 + i * 15} 150 ${68 + i * 21} 184`, dk(c1, 0.35), 1.8, 'opacity=".35"')).join('') };
  },
  trousers(d, { c1, x }) {
    return { w: 90, hang: true, n: x === 'jeans' ? 'pair of denim trousers' : 'pair of trousers', s: P('M58 20H142L150 188H110L100 80L90 188H50Z', d.v(c1)) + R(56, 16, 88, 14, 4, dk(c1, 0.12)) + S('M100 30V74', dk(c1, 0.28), 2.5) + S('M64 34Q72 52 62 60M136 34Q128 52 138 60', x === 'jeans' ? '#d99c3f' : dk(c1, 0.28), 2.5) + (x === 'belted' ? R(56, 19, 88, 8, 2, '#7d5435') + R(93, 17, 14, 12, 2, 'none', 'stroke="#cda04a" stroke-width="2.5"') : x === 'jeans' ? S('M52 180H88M112 180H148', '#d99c3f', 2, 'stroke-dasharray="5 3"') + R(118, 20, 16, 9, 2, '#b07a45') : x === 'crease' ? S('M76 36L72 186M124 36L128 186', lt(c1, 0.25), 2) : S('M94 22Q88 44 92 52M106 22Q112 44 108 52', '#f1e7d3', 3)) };
  },
  shorts(d, { c1, c2, x }) {
    return { w: 120, hang: true, n: 'pair of shorts', s: P('M46 46H154L170 150H110L100 96L90 150H30Z', d.cloth(x, c1, c2)) + R(44, 42, 112, 16, 5, dk(c1, 0.14)) + S('M94 54Q86 76 92 84M106 54Q114 76 108 84', '#f8f1e3', 3.5) + S('M54 62Q66 80 50 92M146 62Q134 80 150 92', dk(c1, 0.3), 2.5) };
  },
  skirt(d, { c1, c2, x }) {
    return { w: 110, hang: true, n: 'skirt', s: P('M66 30H134L174 178Q100 196 26 178Z', d.v(c1)) + R(64, 26, 72, 15, 5, dk(c1, 0.16)) + (x === 'pleats' ? range(7).map((i) => S(`M${74 + i * 8.7} 42L${44 + i * 18.7} 186`, dk(c1, 0.24), 2.5)).join('') : x === 'buttons' ? S('M100 42V188', dk(c1, 0.3), 2) + range(5).map((i) => C(100, 56 + i * 28, 4.5, '#d9a14a')).join('') + P('M56 92H84V124H50ZM116 92H144L150 124H116Z', 'none', `stroke="${dk(c1, 0.3)}" stroke-width="2.5"`) : P('M32 156Q100 174 168 156L172 170Q100 188 28 170Z', d.pattern('checks', c2, dk(c2, 0.3))) + S('M112 42Q140 110 132 182', dk(c1, 0.3), 3) + S('M134 34q20 10 16 34', dk(c1, 0.1), 5)) };
  },
  jacket(d, { c1, x }) {
    const base = x === 'cape' ? P('M100 34Q40 44 22 176Q100 196 178 176Q160 44 100 34Z', d.v(c1)) : P('M60 56L20 168L48 180L74 100ZM140 56L180 168L152 180L126 100Z', d.v(dk(c1, 0.08))) + P('M58 56Q100 40 142 56L146 182Q100 192 54 182Z', d.v(c1));
    return { w: 100, hang: true, n: x === 'cardigan' ? 'knitted cardigan' : x === 'cape' ? "child's rain cape" : 'rain jacket', s: base + (x === 'cardigan' ? P('M84 50L100 104L116 50Z', '#5d5148') + S('M84 50L100 104V188M116 50L100 104', lt(c1, 0.25), 6) + range(4).map((i) => C(104, 116 + i * 20, 4.5, '#7d5435')).join('') + R(62, 136, 26, 30, 3, dk(c1, 0.1)) + R(112, 136, 26, 30, 3, dk(c1, 0.1)) : P('M70 58Q68 18 100 18Q132 18 130 58Q100 74 70 58Z', d.v(dk(c1, 0.12))) + P('M82 56Q82 32 100 32Q118 32 118 56Q100 66 82 56Z', '#3b3631', 'opacity=".6"') + S('M100 66V186', lt(c1, 0.45), 3.5) + (x === 'cape' ? R(40, 140, 120, 7, 3, '#e9ecec', 'opacity=".85" transform="rotate(0)"') : S('M66 126L86 134M134 126L114 134', dk(c1, 0.35), 4))) };
  },
  hat(d, { c1, c2, x }) {
    return { w: 150, n: x === 'bucket' ? 'soft hat' : 'sun hat', s: x === 'bucket' ? P('M56 110Q58 52 100 52Q142 52 144 110Z', d.g(c1)) + P('M54 108H146L182 166Q100 192 18 166Z', d.g(lt(c1, 0.08))) + range(3).map((i) => S(`M${46 - i * 10} ${126 + i * 14}Q100 ${140 + i * 18} ${154 + i * 10} ${126 + i * 14}`, dk(c1, 0.22), 1.8)).join('') + R(54, 98, 92, 12, 3, c2)
      : E(100, 158, 96, 26, d.pattern('weave', c1, dk(c1, 0.18))) + E(100, 158, 96, 26, 'none', `stroke="${dk(c1, 0.25)}" stroke-width="3"`) + P('M46 152Q42 62 100 62Q158 62 154 152Q100 172 46 152Z', d.pattern('weave', lt(c1, 0.08), dk(c1, 0.14))) + P('M45 132Q100 152 155 132V152Q100 172 45 152Z', c2) + S('M140 146q22 8 26 24', c2, 7) };
  },
  cap(d, { c1 }) {
    return { w: 140, n: 'cap', s: P('M36 148Q34 72 96 70Q160 72 160 148Q100 164 36 148Z', d.g(c1)) + P('M120 146Q178 142 194 168Q160 178 96 158Q80 152 84 146Z', d.v(dk(c1, 0.16))) + C(97, 70, 6, dk(c1, 0.1)) + S('M97 74Q90 112 94 152M70 80Q52 110 54 150M124 80Q136 108 136 146', dk(c1, 0.2), 2) };
  },
  socks(d, { c1, c2, x }) {
    const heel = x === 'bootie' ? lt(c1, 0.35) : c2;
    const one = (c, t) => G(P('M66 34H116V104Q118 122 140 132Q170 144 166 166Q160 186 126 182Q66 176 66 128Z', d.v(c)) + `<g clip-path="${d.clip(P('M66 34H116V104Q118 122 140 132Q170 144 166 166Q160 186 126 182Q66 176 66 128Z', '#000'))}">${E(166, 164, 30, 34, heel)}${E(64, 142, 26, 30, heel)}${range(3).map((i) => R(60, 64 + i * 14, 70, 4, 0, lt(c, 0.3))).join('')}</g>` + R(63, 26, 56, 20, 6, d.v(heel)), t);
    return { w: 130, n: x === 'bootie' ? 'pair of knitted booties' : 'pair of socks', s: G(one(dk(c1, 0.12), 'translate(-40 -4)') + one(c1, 'translate(6 8)'), x === 'bootie' ? 'translate(0 42) scale(1 .78)' : '') };
  },
  belt(d, { c1, c2, x }) {
    return { w: 130, n: x === 'woven' ? 'rolled woven strap' : 'rolled belt with a buckle', s: C(100, 108, 82, d.g(c1)) + C(100, 108, 66, dk(c1, 0.3)) + C(100, 108, 60, d.g(lt(c1, 0.08))) + C(100, 108, 46, dk(c1, 0.35)) + C(100, 108, 40, d.g(c1)) + C(100, 108, 28, dk(c1, 0.45)) + (x === 'woven' ? range(40).map((i) => `<path d="M97 28l6 14" stroke="${lt(c1, 0.4)}" stroke-width="2.4" transform="rotate(${i * 9} 100 108)"/>`).join('') : range(36).map((i) => `<path d="M100 30v5" stroke="${lt(c1, 0.45)}" stroke-width="1.8" transform="rotate(${i * 10} 100 108)"/>`).join('')) + P('M100 172H172Q184 172 184 181Q184 190 172 190H96Z', d.v(c1)) + R(150, 164, 34, 34, 5, 'none', `stroke="${c2}" stroke-width="7"`) + S('M152 181H184', dk(c2, 0.15), 5) };
  },
  romper(d, { c1, c2, x }) {
    if (x === 'diaper') return { w: 130, n: 'cloth diaper with snaps', s: P('M16 62Q100 84 184 62V106Q150 116 140 156Q120 190 100 190Q80 190 60 156Q50 116 16 106Z', d.v(c1)) + P('M16 62Q100 84 184 62V80Q100 102 16 80Z', dk(c1, 0.12)) + range(4).map((i) => C(34 + i * 13, 90 + i * 2, 4, c2) + C(166 - i * 13, 90 + i * 2, 4, c2)).join('') + S('M50 116Q66 130 74 160M150 116Q134 130 126 160', lt(c1, 0.6), 3) };
    return { w: 90, hang: true, n: x === 'shirt' ? "baby's wrap shirt" : "baby's romper", s: P('M62 44L20 86L44 112L70 92ZM138 44L180 86L156 112L130 92Z', d.v(dk(c1, 0.06))) + (x === 'shirt' ? P('M62 44Q82 36 84 36L100 56L116 36L138 44L142 168Q100 178 58 168Z', d.v(c1)) + S('M116 38Q80 88 64 112', c2, 5) + S('M64 112q-14 6 -18 18M64 112q-2 14 4 24', c2, 4) : P('M62 44Q80 38 84 36Q100 52 116 36Q120 38 138 44L144 120L140 184H110L100 146L90 184H60L56 120Z', d.v(c1)) + S('M84 38Q100 56 116 38', lt(c1, 0.4), 4) + range(5).map((i) => C(100, 66 + i * 18, 4, '#8a6240')).join('') + R(58, 174, 34, 10, 4, lt(c1, 0.35)) + R(108, 174, 34, 10, 4, lt(c1, 0.35))) };
  },
  bib(d, { c1, c2, x }) {
    return { w: 110, hang: true, n: 'bib', s: P('M100 84Q70 84 66 52Q64 26 82 14Q52 16 48 56Q46 78 40 96Q30 186 100 190Q170 186 160 96Q154 78 152 56Q148 16 118 14Q136 26 134 52Q130 84 100 84Z', x === 'dots' ? d.pattern('dots', c1, c2) : d.v(c1)) + (x === 'dots' ? '' : P('M44 142Q100 168 156 142Q156 188 100 190Q44 188 44 142Z', dk(c1, 0.16)) + S('M44 142Q100 166 156 142', lt(c1, 0.3), 4)) + C(84, 20, 5, '#f8f1e3') + C(116, 20, 5, '#f8f1e3') };
  },
  slippers(d, { c1, c2, x }) {
    const one = (t) => G(P('M64 20Q100 6 130 26Q146 60 134 104Q134 160 118 182Q96 194 78 180Q64 158 66 104Q48 56 64 20Z', d.v('#b98d5f')) + P('M68 30Q98 18 124 34Q136 64 126 104Q126 152 114 172Q96 182 84 170Q74 150 74 104Q58 60 68 30Z', d.v('#d9b88a')) + (x === 'closed' ? P('M58 72Q96 52 138 72Q142 40 124 24Q96 8 68 24Q52 44 58 72Z', d.v(c1)) : P('M56 46Q60 36 70 40L136 84Q140 98 132 102ZM140 46Q136 36 126 40L60 84Q58 98 66 102Z', d.v(c1), `stroke="${dk(c1, 0.25)}" stroke-width="1.5"`)), t);
    return { w: 150, flat: true, n: 'pair of slippers', s: one('translate(-46 4) rotate(-6 100 100)') + one('translate(46 4) scale(-1 1) translate(-200 0) rotate(-6 100 100)') };
  },
  shoe(d, { c1, c2, x }) {
    return { w: 160, n: 'shoe', s: P('M22 96Q36 88 60 92Q78 118 108 124Q160 128 182 148Q190 160 188 172H18Q12 130 22 96Z', d.v(c1)) + R(12, 168, 180, 22, 9, d.v(x === 'strap' ? '#3a3633' : c2)) + R(14, 168, 176, 6, 3, x === 'strap' ? '#55504b' : '#f4ead6') + (x === 'strap' ? P('M70 100Q100 96 118 124L100 140Q84 116 60 116Z', lt(c1, 0.16)) + C(106, 130, 5, '#c3c9cf') : range(4).map((i) => S(`M${70 + i * 16} ${106 + i * 7}l16 -8`, '#fbf6ea', 4)).join('') + P('M150 134Q182 142 186 168H146Q140 148 150 134Z', lt(c1, 0.2))) + S('M24 100Q42 112 40 166', dk(c1, 0.2), 2.5) };
  },
  tote(d, { c1, c2, x }) {
    return { w: 110, n: 'tote bag', s: S('M70 76Q68 8 100 8Q132 8 130 76', dk(c1, 0.22), 8) + P('M42 70H158L168 178Q168 190 156 190H44Q32 190 32 178Z', x === 'batik' || x === 'fern' ? d.pattern(x, c1, c2) : d.v(c1)) + P('M42 70H158L159 84H41Z', dk(c1, 0.18)) + P('M140 84L150 190H156Q168 190 168 178L159 84Z', '#2b2320', 'opacity=".1"') + (x ? '' : d.icon('sailboat', 100, 132, 52)) };
  },
  backpack(d, { c1, c2, x }) {
    const kids = x === 'kids';
    return { w: 116, n: x === 'rolltop' ? 'rolltop backpack' : kids ? "child's backpack with scales" : 'backpack', s: S('M82 30Q84 8 100 8Q116 8 118 30', dk(c1, 0.3), 7) + P('M44 84Q32 90 30 128Q30 168 42 172ZM156 84Q168 90 170 128Q170 168 158 172Z', dk(c1, 0.28)) + P('M42 90Q42 26 100 26Q158 26 158 90V172Q158 190 140 190H60Q42 190 42 172Z', d.g(c1)) +
      (x === 'rolltop' ? R(40, 34, 120, 30, 12, d.g(lt(c1, 0.08))) + S('M46 50H154', dk(c1, 0.25), 2.5) + R(90, 34, 20, 60, 3, c2) + R(88, 88, 24, 14, 4, '#8e939a') + R(60, 120, 80, 52, 8, 'none', `stroke="${dk(c1, 0.25)}" stroke-width="3"`)
        : kids ? range(4).map((r) => range(4 + (r % 2)).map((i) => P(`M${(r % 2 ? 48 : 60) + i * 24} ${92 + r * 22}q12 22 24 0q-2 -14 -12 -14t-12 14Z`, d.v(r % 2 ? c1 : lt(c1, 0.18)), `stroke="${c2}" stroke-width="2"`)).join('')).join('') + C(80, 56, 7, '#2a2b2e') + C(120, 56, 7, '#2a2b2e') + C(82, 54, 2, '#fff') + C(122, 54, 2, '#fff') + E(100, 70, 9, 6, c2)
          : P('M44 84Q44 46 100 44Q156 46 156 84V104Q100 122 44 104Z', d.g(lt(c1, 0.1))) + R(58, 124, 84, 54, 10, d.v(dk(c1, 0.1))) + (x === 'school' ? S('M64 136H136', c2, 4) + R(42, 112, 116, 5, 0, c2) : R(70, 76, 12, 56, 3, d.v(c2)) + R(118, 76, 12, 56, 3, d.v(c2)) + R(68, 118, 16, 12, 2, 'none', 'stroke="#cda04a" stroke-width="3"') + R(116, 118, 16, 12, 2, 'none', 'stroke="#cda04a" stroke-width="3"'))) };
  },
  duffel(d, { c1, c2 }) {
    return { w: 160, n: 'weekend bag', s: S('M62 100Q60 36 100 36Q140 36 138 100', c2, 9) + P('M20 110Q22 84 50 84H150Q178 84 180 110L184 168Q184 190 162 190H38Q16 190 16 168Z', d.g(c1)) + P('M16 160H184V168Q184 190 162 190H38Q16 190 16 168Z', d.g(c2)) + R(54, 84, 13, 106, 2, d.v(c2)) + R(133, 84, 13, 106, 2, d.v(c2)) + S('M34 96H166', dk(c1, 0.35), 3, 'stroke-dasharray="5 3"') + S('M24 118Q28 96 46 92', lt(c1, 0.3), 3) };
  },
  suitcase(d, { c1, c2, x }) {
    return { w: 104, n: 'suitcase on wheels', s: S('M82 38V8H118V38', '#8e939a', 5) + R(72, 2, 56, 12, 6, '#3a3d43') + R(42, 36, 116, 144, 16, d.g(c1)) + range(5).map((i) => R(58 + i * 19, 46, 7, 124, 3.5, dk(c1, 0.14))).join('') + (x === 'large' ? R(42, 76, 116, 12, 0, c2) + R(42, 132, 116, 12, 0, c2) + R(92, 72, 16, 20, 3, '#cda04a') : '') + C(58, 184, 9, '#3a3d43') + C(142, 184, 9, '#3a3d43') + R(84, 52, 32, 10, 5, dk(c1, 0.35)) };
  },
  pouchbag(d, { c1, c2 = '#7d5435', x }) {
    const fill = x === 'weave' ? d.pattern('weave', c1, dk(c1, 0.22)) : d.v(c1);
    return { w: 140, n: x === 'cube' ? 'packing cube' : x === 'cross' ? 'red pouch with a white cross' : x === 'weave' ? 'woven clutch' : 'zip pouch', s: x === 'coin' ? P('M44 96Q20 190 100 190Q180 190 156 96Z', d.pattern('flowers', c1, c2)) + P('M42 100Q44 74 100 72Q156 74 158 100Q100 116 42 100Z', d.g(c2)) + C(92, 66, 8, d.o(c2)) + C(109, 66, 8, d.o(c2))
      : R(22, 74, 156, 116, 14, fill) + (x === 'cube' ? R(36, 96, 128, 80, 8, dk(c1, 0.25), 'opacity=".5"') + R(36, 96, 128, 80, 8, d.pattern('cane', lt(c1, 0.1))) : P('M22 116V88Q22 74 36 74H164Q178 74 178 88V116Z', dk(c1, 0.14))) + S('M30 86H170', mix(c2, '#f3ead8', 0.4), 4, 'stroke-dasharray="4 3"') + R(160, 82, 24, 10, 4, c2) + (x === 'cross' ? R(88, 122, 24, 58, 3, '#fff') + R(71, 139, 58, 24, 3, '#fff') : x === 'weave' ? P('M22 88H178L100 150Z', d.pattern('weave', lt(c1, 0.1), dk(c1, 0.12)), `stroke="${dk(c1, 0.3)}" stroke-width="2.5"`) + R(92, 140, 16, 26, 8, d.g(c2)) : '') };
  },
  handbag(d, { c1, c2 }) {
    return { w: 130, n: 'half-moon shoulder bag', s: S('M34 96Q40 14 100 12Q160 14 166 96', dk(c1, 0.15), 7) + P('M20 92H180Q184 190 100 190Q16 190 20 92Z', d.g(c1)) + P('M20 92H180Q180 108 177 120Q100 134 23 120Q20 108 20 92Z', dk(c1, 0.14)) + S('M28 104H172', c2, 3.5, 'stroke-dasharray="5 3"') + C(34, 96, 8, 'none', `stroke="${c2}" stroke-width="4"`) + C(166, 96, 8, 'none', `stroke="${c2}" stroke-width="4"`) + shine('M36 140Q48 172 80 180', 5, 0.25) };
  },
  messenger(d, { c1, c2 }) {
    return { w: 150, n: 'messenger bag', s: S('M30 92Q44 10 100 10Q156 10 170 92', dk(c2, 0.1), 9) + R(20, 84, 160, 106, 12, d.v(dk(c1, 0.15))) + P('M18 84H182V140Q182 158 160 158H40Q18 158 18 140Z', d.g(c1)) + R(52, 84, 14, 92, 3, c2) + R(134, 84, 14, 92, 3, c2) + R(50, 158, 18, 14, 3, '#cda04a') + R(132, 158, 18, 14, 3, '#cda04a') };
  },
  wallet(d, { c1, c2, x }) {
    return { w: 140, n: 'wallet', s: x === 'long' ? R(14, 88, 172, 102, 12, d.v(c1)) + S('M22 100H178', c2, 3.5, 'stroke-dasharray="5 3"') + S('M182 100q16 22 4 60', dk(c1, 0.2), 6) + C(182, 100, 6, c2)
      : R(40, 62, 124, 76, 6, '#f1e7d3') + R(50, 54, 104, 76, 6, '#8abadd') + R(24, 76, 152, 114, 12, d.v(c1)) + R(31, 83, 138, 100, 8, 'none', `stroke="${lt(c1, 0.35)}" stroke-width="2" stroke-dasharray="5 4"`) + P('M130 112H176V150H130Q116 131 130 112Z', dk(c1, 0.14)) + C(140, 131, 6, '#cda04a') };
  },
  roll(d, { c1, c2, x }) {
    return { w: 150, n: x === 'paper' ? 'rolls of printed wrapping paper' : 'rolled canvas with a leather tie', s: x === 'paper' ? [0, 1, 2].map((i) => G(R(-80, -17, 160, 34, 17, d.pattern(['flowers', 'waves', 'dots'][i], [c1, '#5dada4', '#e8a838'][i], '#fbf3e3')) + E(80, 0, 8, 17, '#efe3cb') + E(80, 0, 4, 9, '#8d8376'), `translate(100 ${172 - i * 34}) rotate(${[0, -3, 3][i]})`)).join('')
      : R(14, 112, 172, 76, 38, d.v(c1)) + E(172, 150, 20, 38, dk(c1, 0.22)) + E(172, 150, 13, 26, lt(c1, 0.12)) + E(172, 150, 6, 13, dk(c1, 0.3)) + (x === 'pencils' ? range(3).map((i) => R(158 + i * 2, 122 + i * 18, 36, 8, 2, ['#c63d36', '#e8a838', '#3d72b4'][i])).join('') : '') + R(72, 110, 14, 80, 4, d.v(c2)) + R(108, 110, 14, 80, 4, d.v(c2)) + R(70, 140, 18, 14, 3, 'none', 'stroke="#cda04a" stroke-width="3"') };
  },
  scrunchie(d, { c1 }) {
    return { w: 90, n: 'silk hair tie', s: range(14).map((i) => `<ellipse cx="100" cy="66" rx="19" ry="27" fill="${d.v(i % 2 ? c1 : lt(c1, 0.14))}" transform="rotate(${i * 25.7} 100 118)"/>`).join('') + C(100, 118, 26, dk(c1, 0.35)) };
  },
  drybag(d, { c1 }) {
    return { w: 96, n: 'dry bag with a rolled top', s: R(52, 64, 96, 126, 18, d.g(c1)) + R(46, 40, 108, 30, 12, d.g(lt(c1, 0.1))) + S('M50 55H150', dk(c1, 0.25), 2.5) + R(88, 30, 24, 18, 5, '#3a3d43') + S('M148 84Q184 104 150 172', '#3a3d43', 6) + R(72, 106, 56, 44, 8, dk(c1, 0.14)) + d.icon('water-wave', 100, 128, 34) + shine('M62 84V170', 5, 0.3) };
  },
  tag(d, { c1, c2 }) {
    return { w: 90, hang: true, n: 'tag on a cord', s: S('M100 62Q84 20 120 8', c2, 5) + P('M100 42L146 84V178Q146 190 134 190H66Q54 190 54 178V84Z', d.v(c1)) + C(100, 70, 9, '#f8f1e3', `stroke="${c2}" stroke-width="4"`) + R(68, 104, 64, 62, 6, lt(c1, 0.6)) + range(3).map((i) => R(76, 116 + i * 16, [48, 36, 42][i], 4, 2, dk(c1, 0.3), 'opacity=".6"')).join('') };
  },
  hotwater(d, { c1, c2 }) {
    return { w: 110, n: 'hot water bottle in a woven cover', s: P('M80 42Q76 14 66 12H134Q124 14 120 42Z', '#a7432f') + R(82, 4, 36, 14, 5, '#7d2b35') + P('M76 40H124Q130 54 146 62Q160 70 158 90V168Q158 190 136 190H64Q42 190 42 168V90Q40 70 54 62Q70 54 76 40Z', d.pattern('motif', c1, c2)) + R(74, 38, 52, 12, 5, dk(c1, 0.2)) };
  },
  pouf(d, { c1, c2, x }) {
    if (x === 'neck') return { w: 140, n: 'neck pillow', s: P('M44 178Q6 150 24 92Q44 40 100 40Q156 40 176 92Q194 150 156 178Q132 190 128 164Q144 118 128 98Q116 84 100 84Q84 84 72 98Q56 118 72 164Q68 190 44 178Z', d.v(c1)) + S('M40 120Q46 62 100 58', lt(c1, 0.3), 5) + S('M66 176Q100 196 134 176', c2, 3) + C(100, 185, 6, c2) };
    return { w: 140, n: 'round pouf', s: P('M24 110Q24 82 100 80Q176 82 176 110V164Q176 190 100 190Q24 190 24 164Z', d.g(c1)) + E(100, 106, 75, 26, d.v(lt(c1, 0.14))) + range(7).map((i) => S(`M${30 + i * 23} ${122 + Math.sin((i / 6) * 3.14) * 10}V${172 + Math.sin((i / 6) * 3.14) * 14}`, c2, 2.5, 'stroke-dasharray="6 4"')).join('') + C(100, 104, 8, c2) };
  },
};

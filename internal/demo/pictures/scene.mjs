// The stage: a tinted ground, a quiet shape behind, and the objects with their shadows. 640 by 640.
import { Pen, R, C, E, P, S, G, lt, dk, mix, luma, distance, range } from './draw.mjs';

const tone = (name, wall, shape, floor) => ({ name, wall, shape, floor, deep: luma(wall) < 140 });
export const grounds = [
  tone('sand', '#f1e8d9', '#e3d2b3', '#e8dbc4'), tone('sage', '#e4ebdd', '#c8d8bf', '#d6e1cc'), tone('mist', '#e1e9ed', '#c4d5de', '#d3dfe5'),
  tone('blush', '#f4e4dc', '#e8c9bb', '#edd7cb'), tone('butter', '#f7eed4', '#ecd9a2', '#f1e3bc'), tone('lilac', '#e9e4ef', '#d0c5de', '#dcd4e6'),
  tone('clay', '#efdccb', '#dbb698', '#e5c9b2'), tone('mint', '#deede5', '#bbdacb', '#cde4d8'), tone('stone', '#ebe8e1', '#d4cfc4', '#e0dcd2'), tone('oat', '#f3ecdf', '#dccfb6', '#e9dfcd'),
  tone('deep green', '#31594f', '#41736a', '#284b43'), tone('plum', '#5a4862', '#6f5b7a', '#4b3c53'), tone('night blue', '#3b4869', '#4d5b84', '#313c59'), tone('rust', '#b66a4c', '#c98266', '#a65d41'),
];
export const groundNamed = (name) => grounds.find((g) => g.name === name) ?? grounds[0];

const floorLine = (g, y) => R(0, y, 640, 640 - y, 0, g.floor);
const frond = (x, y, turn, k, c, o) => `<g transform="translate(${x} ${y}) rotate(${turn}) scale(${k})" opacity="${o}">` + range(11).map((i) => `<path d="M0 ${-i * 26}Q60 ${-i * 26 - 6} ${118 - i * 7} ${-i * 26 + 40 - i * 5}Q50 ${-i * 26 + 14} 0 ${-i * 26 + 9}ZM0 ${-i * 26}Q-60 ${-i * 26 - 6} ${-118 + i * 7} ${-i * 26 + 40 - i * 5}Q-50 ${-i * 26 + 14} 0 ${-i * 26 + 9}Z" fill="${c}"/>`).join('') + `<rect x="-3" y="-290" width="6" height="300" fill="${c}"/></g>`;
const shadeOf = (g) => (g.deep ? '#0e1513' : dk(g.shape, 0.35));
const wood = (g) => (g.deep ? '#b98a5a' : '#c69a6a');

// Each stage: what is drawn, where objects stand (base), how large they may be (size), and the words for it.
const stages = {
  table: (g) => ({ art: floorLine(g, 440), base: 540, size: 1, words: 'on a table' }),
  arch: (g) => ({ art: P('M122 560V300A198 198 0 0 1 518 300V560Z', g.shape) + floorLine(g, 492), base: 556, size: 1, words: 'in front of an arch' }),
  disc: (g) => ({ art: C(320, 290, 222, g.shape) + floorLine(g, 470), base: 545, size: 1, words: 'in front of a round disc' }),
  plinth: (g, n) => { const r = n > 1 ? 284 : 192; return { art: floorLine(g, 560) + R(320 - r, 492, 2 * r, 160, 0, mix(g.shape, '#ffffff', g.deep ? 0.05 : 0.2)) + P(`M${320 + r * 0.625} 492H${320 + r}V640H${320 + r * 0.625}Z`, shadeOf(g), 'opacity=".12"') + E(320, 492, r, 34, mix(g.shape, '#ffffff', g.deep ? 0.18 : 0.5)), base: 504, size: 0.93, words: 'on a round plinth' }; },
  shelf: (g) => ({ art: R(0, 540, 640, 100, 0, mix(g.wall, g.shape, 0.35)) + P('M0 534H640V566Q320 590 0 566Z', shadeOf(g), 'opacity=".16"') + R(-10, 514, 660, 28, 3, wood(g)) + R(-10, 514, 660, 8, 3, lt(wood(g), 0.3)), base: 522, size: 0.97, words: 'on a wooden shelf' }),
  linen: (g) => ({ art: P('M0 458Q80 436 160 452T330 448T500 446T640 452V640H0Z', mix(g.floor, '#ffffff', g.deep ? 0.1 : 0.45)) + range(6).map((i) => S(`M${40 + i * 112} ${462 + (i % 2) * 6}Q${20 + i * 118} 540 ${60 + i * 108} 640`, g.shape, 3, 'opacity=".8"')).join('') + S('M0 470Q80 448 160 464T330 460T500 458T640 464', g.shape, 4), base: 548, size: 1, words: 'on a linen cloth' }),
  tiles: (g) => ({ art: range(6).map((r) => range(6).map((i) => R(i * 128 - 64 * (r % 2) - 40, r * 82 - 10, 120, 74, 5, (i * 5 + r * 3) % 7 === 2 ? g.shape : mix(g.wall, g.shape, 0.34))).join('')).join('') + floorLine(g, 486), base: 552, size: 1, words: 'before a tiled wall' }),
  palm: (g) => ({ art: frond(70, 470, 28, 1.35, shadeOf(g), 0.16) + frond(600, 300, -58, 1.15, shadeOf(g), 0.13) + floorLine(g, 466), base: 546, size: 1, words: 'in the shade of palm leaves' }),
  steps: (g) => ({ art: floorLine(g, 560) + R(372, 330, 240, 310, 4, mix(g.shape, g.wall, 0.35)) + R(48, 498, 544, 160, 4, mix(g.shape, '#ffffff', g.deep ? 0.06 : 0.22)) + R(48, 498, 544, 12, 4, mix(g.shape, '#ffffff', g.deep ? 0.2 : 0.55)), base: 508, size: 0.94, words: 'on a stone step' }),
  window: (g) => ({ art: P('M180 -20L330 -20L120 660L-60 660ZM372 -20L470 -20L270 660L150 660Z', '#ffffff', `opacity="${g.deep ? 0.09 : 0.42}"`) + P('M0 500H640V640H0Z', g.floor, 'opacity=".75"'), base: 556, size: 1, words: 'in window light' }),
  mat: (g) => ({ art: floorLine(g, 428) + E(320, 540, 268, 66, mix(g.shape, shadeOf(g), 0.12)) + [236, 196, 152, 104, 52].map((r, i) => E(320, 538, r, r * 0.245, 'none', `stroke="${i % 2 ? mix(g.shape, '#fffaf0', 0.5) : mix(g.shape, shadeOf(g), 0.3)}" stroke-width="7"`)).join(''), base: 552, size: 0.97, words: 'on a round mat' }),
  hills: (g) => ({ art: C(470, 210, 84, mix(g.shape, '#fff6dc', g.deep ? 0.25 : 0.6)) + P('M0 420Q150 290 310 390T640 340V640H0Z', g.shape) + floorLine(g, 478), base: 550, size: 1, words: 'in front of soft hills' }),
};
const walls = {
  disc: (g) => ({ art: C(320, 320, 262, g.shape), words: 'on a round disc' }),
  arch: (g) => ({ art: P('M92 660V300A228 228 0 0 1 548 300V660Z', g.shape), words: 'in an arch' }),
  palm: (g) => ({ art: frond(40, 640, 32, 1.7, shadeOf(g), 0.14) + frond(640, 300, -62, 1.4, shadeOf(g), 0.12), words: 'in the shade of palm leaves' }),
  window: (g) => ({ art: P('M150 -20L330 -20L90 660L-110 660ZM382 -20L500 -20L270 660L140 660Z', '#ffffff', `opacity="${g.deep ? 0.09 : 0.45}"`), words: 'in window light' }),
  panel: (g) => ({ art: R(62, 62, 516, 516, 36, g.shape) + R(80, 80, 480, 480, 26, 'none', `stroke="${mix(g.shape, '#ffffff', 0.45)}" stroke-width="3"`), words: 'on a plain panel' }),
  weave: (g) => ({ art: range(14).map((i) => S(`M0 ${24 + i * 46}H640`, g.shape, 10, 'opacity=".5"') + S(`M${24 + i * 46} 0V640`, g.shape, 10, 'opacity=".32"')).join(''), words: 'on woven cloth' }),
  slope: (g) => ({ art: P('M0 640V350Q220 210 400 320T640 250V640Z', g.shape) + C(500, 150, 66, mix(g.shape, '#fff6dc', g.deep ? 0.2 : 0.55)), words: 'above soft hills' }),
};
const stageNames = Object.keys(stages);
const wallNames = Object.keys(walls);

function shadow(pen, x, y, w, deep) {
  const id = pen.def('shadow', (n) => `<radialGradient id="${n}"><stop offset="0" stop-color="#2a1d14" stop-opacity=".5"/><stop offset=".55" stop-color="#2a1d14" stop-opacity=".2"/><stop offset="1" stop-color="#2a1d14" stop-opacity="0"/></radialGradient>`);
  return E(x + w * 0.1, y, w * 0.74, Math.max(15, w * 0.115), id, `opacity="${deep ? 0.95 : 0.62}"`) + E(x, y - 2, w * 0.52, Math.max(8, w * 0.05), id, 'opacity=".8"');
}
const dropShadow = (pen, art) => `<g filter="${pen.def('drop', (n) => `<filter id="${n}" x="-30%" y="-30%" width="160%" height="170%"><feDropShadow dx="7" dy="12" stdDeviation="9" flood-color="#2a1d14" flood-opacity=".27"/></filter>`)}">${art}</g>`;

// Places for one to three objects that stand: x, lift above the base, scale; the last is in front.
const places = [
  [[[320, 0, 2.46]], [[320, 0, 2.32]], [[314, 0, 2.54]]],
  [[[238, 12, 1.98], [474, -12, 1.42]], [[402, 12, 1.98], [166, -12, 1.42]], [[258, 6, 2.1], [500, -14, 1.22]]],
  [[[320, 40, 1.8], [150, -8, 1.38], [492, -10, 1.38]], [[232, 30, 1.74], [450, 12, 1.5], [330, -20, 1.16]]],
];
const even = [null, [[202, 16, 1.72], [440, -10, 1.72]], [[320, 44, 1.62], [156, -8, 1.46], [486, -10, 1.46]]];

export function scene({ objects, ground: g, seed, same, close, mark }) {
  const pen = new Pen();
  const drawn = objects.map((o) => ({ ...o.draw(pen), icon: o.icon }));
  const upright = drawn.some((o) => !o.hang && !o.flat);
  const light = pen.def('air' + g.wall, (n) => `<linearGradient id="${n}" x2=".35" y2="1"><stop offset="0" stop-color="${lt(g.wall, g.deep ? 0.1 : 0.32)}"/><stop offset="1" stop-color="${dk(g.wall, 0.04)}"/></linearGradient>`);
  const stage = mark ? { art: C(320, 320, 286, mix(g.wall, '#ffffff', 0.35)) + C(320, 320, 262, 'none', `stroke="${g.shape}" stroke-width="7"`), words: 'on a round badge', base: 520, size: 0.86 }
    : upright ? stages[stageNames[seed % stageNames.length]](g, objects.length) : walls[wallNames[seed % wallNames.length]](g);
  let art = '';
  if (upright) {
    const n = drawn.length;
    const spots = same ? even[n - 1] : places[n - 1][(seed >> 4) % places[n - 1].length];
    drawn.forEach((o, i) => {
      let [x, up, k] = spots[i];
      k *= stage.size * (o.icon ? 0.92 : 1) * (n === 1 && o.w > 175 ? 0.95 : 1);
      const y = stage.base - up + (n > 1 && !same && i === 0 ? -8 : 0);
      if (o.hang) art += dropShadow(pen, G(o.s, `translate(${x - 100 * k} 56) scale(${k * 0.94})`));
      else if (o.flat) art += shadow(pen, x, y, o.w * k, g.deep) + G(o.s, `translate(${x - 100 * k} ${y - 190 * k}) scale(${k})`);
      else art += shadow(pen, x, y, o.w * k, g.deep) + G(o.s, `translate(${x - 100 * k} ${y - 190 * k}) scale(${k})`);
    });
  } else {
    const spots = [[[320, 318, 2.56]], [[186, 296, 1.78], [452, 352, 1.78]], [[320, 200, 1.5], [170, 430, 1.5], [470, 440, 1.5]]][drawn.length - 1];
    drawn.forEach((o, i) => {
      const [x, y, k] = spots[i];
      const tilt = o.flat && !mark ? [0, -9, 7, 4][(seed >> 6) % 4] : 0;
      art += dropShadow(pen, `<g transform="translate(${x} ${y}) rotate(${tilt}) scale(${mark ? k * 0.8 : k}) translate(-100 -102)">${o.s}</g>`);
    });
  }
  if (close) art = `<g transform="${close}">${stage.art}${art}</g>`;
  else art = stage.art + art;
  return { words: stage.words, svg: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 640">${pen.header()}${R(0, 0, 640, 640, 0, light)}${art}</svg>` };
}

// A ground on which the objects' main colors stand out.
export function groundFor(colors, seed) {
  for (let i = 0; i < grounds.length * 2; i++) {
    const deep = (seed + i) % 8 === 3;
    const g = deep ? grounds[10 + ((seed >> 3) + i) % 4] : grounds[((seed >> 2) + i * 3) % 10];
    const near = Math.min(...colors.map((c) => distance(c, g.wall)), ...colors.map((c) => distance(c, g.shape) + 20));
    if (near > (deep ? 120 : 74)) return g;
  }
  return colors.some((c) => luma(c) > 150) ? grounds[10] : grounds[0];
}

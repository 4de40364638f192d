// Draws every picture of the demo: `npm ci && npm run build` in this folder.
// The same content gives the same files; nothing is read but ../content and the icon packages.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { Resvg } from '@resvg/resvg-js';
import sharp from 'sharp';
import { Pen, hasIcon } from './draw.mjs';
import { scene, groundFor, groundNamed } from './scene.mjs';
import { products, stores, tiles, colorOf, palette } from './content.mjs';
import { packs } from './objects/packs.mjs';
import { table } from './objects/table.mjs';
import { cloth } from './objects/cloth.mjs';
import { home as household } from './objects/home.mjs';
import { tech } from './objects/tech.mjs';
import { things } from './objects/things.mjs';

const templates = { ...packs, ...table, ...cloth, ...household, ...tech, ...things };
const sizes = { 160: 68, 320: 74, 640: 69 }; // pixels: quality
const only = process.argv[2] ? new RegExp(process.argv[2]) : null;
const home = new URL('./webp/', import.meta.url);
const out = only ? home : new URL('./node_modules/.webp/', import.meta.url); // takes the place of webp when all is drawn

const seedOf = (s) => createHash('sha256').update(s).digest().readUInt32BE(0) >>> 1;
const plural = (n, k) => (k === 1 ? article(n) : `${k === 2 ? 'Two' : 'Three'} ${/^pair/.test(n) ? n.replace(/^pair/, 'pairs') : n.replace(/^(\S+( \S+)*?)( with| of| in| on|$)/, (m, a, b, c) => (/[^aeiou]y$/.test(a) ? a.slice(0, -1) + 'ies' : a + (/(s|sh|ch|x)$/.test(a) ? 'es' : 's')) + c)}`);
const article = (n) => (/^(string lights|earphones|headphones|wireless earbuds|letter paper|sticky|child's|baby's)/.test(n) ? (/^(child's|baby's)/.test(n) ? 'A ' : '') + n : (/^[aeiou]/i.test(n) && !/^U[SB]/.test(n) ? 'An ' : 'A ') + n);
const words = (s) => s.replace(/-/g, ' ');
const upper = (s) => s[0].toUpperCase() + s.slice(1);
const tones = { salt: 'white', leaf: 'leaf green', forest: 'forest green', sea: 'sea green', sky: 'sky blue', brick: 'brick red', ink: 'dark', stone: 'stone gray', glass: 'clear', sand: 'sand-colored', clay: 'clay-colored', sage: 'sage green', mint: 'mint green', butter: 'pale yellow', coir: 'brown', natural: 'straw-colored', rust: 'rust red', olive: 'olive green', rose: 'pink', coral: 'coral red', turmeric: 'golden yellow', amber: 'amber', lime: 'lime green' };

// Icons that would drown in a deep ground.
const dark = new Set(['chess-pawn']);

// "mug:leaf:ivory:stripes" becomes something that can be drawn; "@" is the color of the variant.
function object(text, color) {
  const [name, a, b, x] = text.trim().split(':');
  const pick = (c) => (!c ? undefined : c === '@' ? colorOf(color ?? 'ivory') : palette[c] ?? fail(`no color ${c} in ${text}`));
  const template = templates[name];
  if (!template && !hasIcon(name)) fail(`no picture for ${name}`);
  if (!template) return { icon: true, main: dark.has(name) ? ['#30303c'] : [], noun: words(name), draw: (pen) => ({ s: pen.icon(name, 100, 99, 186), w: 128 }) };
  const c1 = pick(a);
  const hue = a === '@' ? color?.toLowerCase() : a && !packs[name] ? tones[a] ?? a : undefined;
  let noun = '';
  const draw = (pen) => template(pen, { c1, c2: pick(b), x });
  noun = draw(new Pen()).n;
  if (x) noun = noun.replaceAll(x, words(x));
  return { main: c1 ? [c1] : [], noun: (hue ? hue + ' ' : '') + (hue && noun.startsWith(hue + ' ') ? noun.slice(hue.length + 1) : noun), draw, name };
}
const fail = (m) => { throw new Error(m); };

function group(spec, color) {
  const [, body, times] = spec.match(/^(.*?)(?: x([23]))?$/);
  const parts = body.split(' + ').map((t) => object(t, color));
  return times ? { objects: Array(+times).fill(parts[0]), same: true } : { objects: parts, same: false };
}

function describe({ objects, same }, stage, ground) {
  const head = same ? plural(objects[0].noun, objects.length) : upper(article(objects[0].noun));
  const rest = same ? '' : objects.slice(1).map((o, i, l) => (i === l.length - 1 ? ' and ' : ', ') + article(o.noun)[0].toLowerCase() + article(o.noun).slice(1)).join('');
  return `${head}${rest} ${stage}, ${ground.name} background`;
}

const closeUps = ['translate(320 360) scale(1.5) rotate(-7) translate(-320 -360)', 'translate(300 380) scale(1.62) translate(-320 -350)', 'translate(340 380) scale(1.44) rotate(8) translate(-320 -372)'];

// The shots of one product: one for each color, else one or two compositions.
function shots(p) {
  const seed = seedOf(p.slug);
  const list = [];
  if (p.spec.includes('@')) {
    p.colors.slice(0, 3).forEach((value, i) => list.push({ value, ...group(p.spec, value), seed: seed + i * 37 }));
  } else {
    const first = group(p.spec);
    list.push({ ...first, seed });
    if (seed % 10 < 4) {
      const lone = first.objects.length === 1 && !first.objects[0].icon;
      if (lone && packs[first.objects[0].name] && seed % 3) list.push({ objects: Array(2 + (seed % 2)).fill(first.objects[0]), same: true, seed: seed + 53 });
      else list.push({ ...first, seed: seed + 53, close: closeUps[seed % 3] });
    }
  }
  return list.map((s, i) => ({ ...s, name: `${p.slug}-${i + 1}` }));
}

async function paint(job) {
  const png = new Resvg(job.svg, { fitTo: { mode: 'width', value: 640 }, font: { loadSystemFonts: false } }).render().asPng();
  for (const [size, quality] of Object.entries(sizes)) {
    await sharp(png).resize(+size).webp({ quality, effort: 5, smartSubsample: true }).toFile(new URL(`${size}/${job.name}.webp`, out).pathname);
  }
  const { data } = await sharp(png).removeAlpha().resize(1, 1, { kernel: 'cubic' }).raw().toBuffer({ resolveWithObject: true });
  return '#' + [...data.subarray(0, 3)].map((n) => n.toString(16).padStart(2, '0')).join('');
}

const jobs = [];
const seen = new Set();
function add(key, s, ground, extra = {}) {
  let seed = s.seed;
  let made = scene({ ...s, ground, seed, ...extra });
  while (seen.has(made.svg)) { seed += 101; ground = groundFor(s.objects.flatMap((o) => o.main), seed); made = scene({ ...s, ground, seed, ...extra }); }
  seen.add(made.svg);
  jobs.push({ key, name: s.name, svg: made.svg, value: s.value, alt: extra.alt ?? (s.close ? 'Close view: ' : '') + (s.close ? describe(s, made.words, ground)[0].toLowerCase() + describe(s, made.words, ground).slice(1) : describe(s, made.words, ground)) });
}
for (const p of products()) {
  if (!p.spec) fail(`${p.slug} has no picture line`);
  for (const s of shots(p)) add(p.slug, s, groundFor(s.objects.flatMap((o) => o.main), s.seed));
}
for (const t of tiles()) add(`tile-${t.id}`, { ...group(t.spec), name: `tile-${t.id}`, seed: seedOf('tile' + t.id) }, groundNamed(t.tint));
for (const s of stores()) {
  const g = group(s.mark);
  add(`store-${s.slug}`, { ...g, name: `store-${s.slug}`, seed: 1 }, groundNamed(s.tint), { mark: true, alt: `Mark of ${s.name}: ${article(g.objects[0].noun)[0].toLowerCase() + article(g.objects[0].noun).slice(1)}` });
}

if (!only) rmSync(out, { recursive: true, force: true });
for (const size of Object.keys(sizes)) mkdirSync(new URL(`${size}/`, out), { recursive: true });
// With a pattern as argument only pictures whose name matches are drawn anew.
const file = new URL('./manifest.json', import.meta.url);
const before = only ? JSON.parse(readFileSync(file)) : {};
const manifest = {};
for (const job of jobs) {
  const old = before[job.key]?.find((o) => o.name === job.name);
  const color = only && !only.test(job.name) && old ? old.color : await paint(job);
  (manifest[job.key] ??= []).push({ name: job.name, alt: job.alt, color, ...(job.value ? { value: job.value } : {}) });
}
if (!only) {
  rmSync(home, { recursive: true, force: true });
  renameSync(out, home);
}
const lines = Object.keys(manifest).sort().map((k) => `${JSON.stringify(k)}: ${JSON.stringify(manifest[k])}`);
writeFileSync(file, `{\n${lines.join(',\n')}\n}\n`);
console.log(`${jobs.length} pictures`);

// Reads what the pictures need from the content files: slugs, colors and picture lines.
import { readFileSync, readdirSync } from 'node:fs';

const root = new URL('../content/', import.meta.url);
const text = (name) => readFileSync(new URL(name, root), 'utf8');

export const palette = Object.fromEntries(text('colors.txt').split('\n').filter(Boolean).map((l) => l.split(' ')));

// The hex value of a color's name by its first word in the palette: "Leaf green" is leaf. Same rule as in Go.
export const colorOf = (name) => name.toLowerCase().split(/[\s-]+/).map((w) => palette[w]).find(Boolean);

const slugOf = (title) => title.replace(/'/g, '').replace(/é/g, 'e').toLowerCase().split(/[^a-z0-9]+/).filter(Boolean).join('-');

export function products() {
  const list = [];
  for (const name of readdirSync(new URL('products/', root)).sort()) {
    for (const line of text('products/' + name).split('\n')) {
      const p = list.at(-1);
      if (line.startsWith('* ')) {
        const [title, slug] = line.slice(2).split(' | ');
        list.push({ title, slug: slug ?? slugOf(title), file: name, colors: [], spec: null });
      } else if (/^o (Color|Finish|Pattern): /.test(line)) {
        const [, option, values] = line.match(/^o (\w+): (.*)$/);
        p.colors.push(...values.split(', ').map((v) => v.replace(/ [+-]\d+.*$/, '').trim()).filter((v) => option !== 'Pattern'));
      } else if (line.startsWith('p ')) p.spec = line.slice(2);
    }
  }
  return list;
}

export const stores = () => JSON.parse(text('stores.json'));
export const tiles = () => text('tiles.txt').split('\n').filter(Boolean).map((l) => { const [id, tint, ...spec] = l.split(' '); return { id, tint, spec: spec.join(' ') }; });

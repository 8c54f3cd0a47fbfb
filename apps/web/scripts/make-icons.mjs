/**
 * Draws the icons of the app: two streams that become one. Run it after a change of the drawing: the pictures are part of
 * the repository. PNG needs only zlib, so nothing has to be installed for it.
 */
import { writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';

const GROUND = [29, 79, 124];
const WATER = [255, 255, 255];
const SAMPLES = 4;

/** In units of the whole picture. The second stream joins the first, which grows wider. */
const STREAMS = [
  { from: [0.3, 0.18], bend: [0.3, 0.5], to: [0.52, 0.62], width: 0.075 },
  { from: [0.72, 0.18], bend: [0.72, 0.46], to: [0.52, 0.62], width: 0.075 },
  { from: [0.52, 0.6], bend: [0.52, 0.72], to: [0.52, 0.84], width: 0.115 },
];

const ICONS = [
  { name: 'icon-192.png', size: 192, radius: 0.22, scale: 1 },
  { name: 'icon-512.png', size: 512, radius: 0.22, scale: 1 },
  { name: 'apple-touch-icon.png', size: 180, radius: 0, scale: 0.9 },
  // What a mask leaves for sure is a circle of 80 %.
  { name: 'icon-maskable-512.png', size: 512, radius: 0, scale: 0.75 },
];

for (const { name, ...icon } of ICONS) {
  writeFileSync(new URL(`../public/${name}`, import.meta.url), encodePng(icon.size, draw(icon)));
}
writeFileSync(new URL('../public/icon.svg', import.meta.url), drawSvg());

function draw({ size, radius, scale }) {
  const pixels = Buffer.alloc(size * size * 4);
  const dots = STREAMS.flatMap(dotsOf);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      let inside = 0;
      let wet = 0;
      for (let sample = 0; sample < SAMPLES ** 2; sample++) {
        const u = (x + ((sample % SAMPLES) + 0.5) / SAMPLES) / size;
        const v = (y + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES) / size;
        if (!isInRoundedSquare(u, v, radius)) continue;
        inside++;
        const [a, b] = [(u - 0.5) / scale + 0.5, (v - 0.5) / scale + 0.5];
        if (dots.some(([dx, dy, reach]) => (a - dx) ** 2 + (b - dy) ** 2 < reach)) wet++;
      }
      const share = inside === 0 ? 0 : wet / inside;
      const colour = GROUND.map((ground, channel) => Math.round(ground + (WATER[channel] - ground) * share));
      pixels.set([...colour, Math.round((255 * inside) / SAMPLES ** 2)], (y * size + x) * 4);
    }
  }
  return pixels;
}

/** A stream as overlapping dots: x, y and the square of the radius. */
function dotsOf({ from, bend, to, width }) {
  return Array.from({ length: 60 }, (_, step) => {
    const t = step / 59;
    const at = (axis) => (1 - t) ** 2 * from[axis] + 2 * t * (1 - t) * bend[axis] + t ** 2 * to[axis];
    return [at(0), at(1), (width / 2) ** 2];
  });
}

function isInRoundedSquare(u, v, radius) {
  const [dx, dy] = [u, v].map((part) => Math.max(radius - part, part - (1 - radius), 0));
  return dx ** 2 + dy ** 2 <= radius ** 2 || dx === 0 || dy === 0;
}

function drawSvg() {
  const colour = `rgb(${GROUND.join(' ')})`;
  const paths = STREAMS.map(({ from, bend, to, width }) => {
    const points = [from, bend, to].map((point) => point.map((part) => part * 100).join(' '));
    return `<path d="M${points[0]}Q${points[1]} ${points[2]}" stroke-width="${width * 100}"/>`;
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><rect width="100" height="100" rx="22" fill="${colour}"/>` +
    `<g fill="none" stroke="#fff" stroke-linecap="round">${paths.join('')}</g></svg>\n`
  );
}

function encodePng(size, pixels) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const rows = Array.from({ length: size }, (_, y) => [
    Buffer.from([0]),
    pixels.subarray(y * size * 4, (y + 1) * size * 4),
  ]);
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows.flat()), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8 + body.length);
  frame.writeUInt32BE(data.length, 0);
  frame.set(body, 4);
  frame.writeUInt32BE(crc32(body), 4 + body.length);
  return frame;
}

// 一张图. The server has drawn the map already; where the device can, MapLibre takes its place for 立体 and 平面.
// The list beside it carries the colours (data-paint), so one fetch by htmx renews list, legend and map together.
const frame = document.querySelector('[data-map]');
const live = frame?.querySelector('[data-live]');
const drawing = frame?.querySelector('[data-drawing]');
const TILT = { '3d': 54, flat: 0 };
const TURN = { '3d': -27, flat: 0 };
let map = null;
let library = null;
let places = null;
let view = frame?.dataset.view;

const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
const side = () => document.getElementById('side');
const paint = () => JSON.parse(side()?.dataset.paint || '{}');

// -- colours: what the stylesheet says, as the canvas needs it

const probe = document.createElement('span');
probe.hidden = true;
probe.className = 'swatch';
document.body.append(probe);

function colour(name) {
  probe.className = /^(step|tint)-/.test(name) || name === 'water' ? `swatch ${name === 'water' ? 'map-water' : name}` : 'swatch';
  if (name.startsWith('--')) probe.style.setProperty('background-color', `var(${name})`);
  else probe.style.removeProperty('background-color');
  return getComputedStyle(probe).backgroundColor;
}

function byPark(fallback) {
  const pairs = Object.entries(paint()).flatMap(([park, [name]]) => [Number(park), colour(name)]);
  return pairs.length ? ['match', ['get', 'park'], ...pairs, fallback] : fallback;
}

// -- the style: our own ground, no tiles, no glyphs (without a `glyphs` url every letter is drawn on the device)

function style() {
  const [ground, surface, sunken, line, ink, quiet] = ['--ground', '--surface', '--sunken', '--line-strong', '--ink', '--ink-3'].map(colour);
  const fill = byPark(colour('step-0'));
  const grids = side()?.querySelector('[data-row]') === null;
  const source = (data) => ({ type: 'geojson', data });
  return {
    version: 8,
    light: { anchor: 'viewport', intensity: 0.32, position: [1.3, 200, 35] },
    sources: Object.fromEntries(['strips', 'boundary', 'borders', 'parks', 'labels', 'buildings'].map((name) => [name, source(places[name])])),
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': ground } },
      { id: 'streets', type: 'fill', source: 'strips', filter: ['!=', ['get', 'kind'], 'canal'], paint: { 'fill-color': surface } },
      { id: 'water', type: 'fill', source: 'strips', filter: ['==', ['get', 'kind'], 'canal'], paint: { 'fill-color': colour('water') } },
      { id: 'boundary', type: 'line', source: 'boundary', paint: { 'line-color': quiet, 'line-width': 1.4, 'line-dasharray': [3, 2.4], 'line-opacity': 0.7 } },
      { id: 'borders', type: 'line', source: 'borders', paint: { 'line-color': quiet, 'line-width': 1.2, 'line-dasharray': [1.4, 2], 'line-opacity': 0.9 } },
      { id: 'parks', type: 'fill', source: 'parks', paint: { 'fill-color': sunken } },
      { id: 'parks-tint', type: 'fill', source: 'parks', paint: { 'fill-color': fill, 'fill-opacity': view === 'flat' ? 0.62 : 0.18 } },
      { id: 'parks-line', type: 'line', source: 'parks', paint: { 'line-color': line, 'line-width': 0.8 } },
      { id: 'lit', type: 'line', source: 'parks', filter: ['==', ['get', 'park'], -1], paint: { 'line-color': colour('--brand'), 'line-width': 3 } },
      { id: 'buildings', type: 'fill-extrusion', source: 'buildings', paint: { 'fill-extrusion-color': fill, 'fill-extrusion-height': ['*', 1.1, ['get', 'height']], 'fill-extrusion-opacity': 0.96, 'fill-extrusion-vertical-gradient': true } },
      {
        id: 'names', type: 'symbol', source: 'labels',
        layout: {
          'text-field': grids ? ['concat', ['get', 'name'], '\n第 ', ['to-string', ['get', 'grid']], ' 网格'] : ['get', 'name'],
          'text-size': ['interpolate', ['linear'], ['zoom'], 13, 11, 16, 14, 18, 17],
          'text-padding': 1, 'text-max-width': 12, 'symbol-sort-key': ['match', ['get', 'park'], ...order(), 999],
        },
        paint: { 'text-color': ink, 'text-halo-color': ground, 'text-halo-width': 1.6 },
      },
    ],
  };
}

// Where names would cover each other, the parks higher in the list keep theirs.
function order() {
  const rows = [...(side()?.querySelectorAll('[data-row]') ?? [])].map((row) => Number(row.dataset.row));
  return rows.length ? rows.flatMap((park, place) => [park, place]) : [-1, 0];
}

// -- the live map

const WORDS = {
  'Map.Title': '社区地图，方向键移动，加减号缩放', 'NavigationControl.ZoomIn': '放大', 'NavigationControl.ZoomOut': '缩小',
  'NavigationControl.ResetBearing': '转回正北', 'CooperativeGesturesHandler.MobileHelpText': '用两根手指移动地图',
  'CooperativeGesturesHandler.WindowsHelpText': '按住 Ctrl 滚动来缩放', 'CooperativeGesturesHandler.MacHelpText': '按住 ⌘ 滚动来缩放',
};

function capable() {
  try {
    return Boolean(document.createElement('canvas').getContext('webgl2'));
  } catch {
    return false;
  }
}

async function start() {
  [library, places] = await Promise.all([
    import(frame.dataset.script),
    fetch(frame.dataset.places, { headers: { Accept: 'application/json' } }).then((answer) => {
      if (!answer.ok) throw new Error(`places: ${answer.status}`);
      return answer.json();
    }),
  ]);
  library.setWorkerUrl(new URL(frame.dataset.worker, location.href).href);
  live.hidden = false;
  map = new library.Map({
    container: live, style: style(), bounds: places.extent, pitch: TILT[view], bearing: TURN[view],
    maxPitch: 68, minZoom: 11, maxZoom: 19.5, attributionControl: false, locale: WORDS, fadeDuration: still() ? 0 : 200,
    localIdeographFontFamily: getComputedStyle(document.body).fontFamily, cooperativeGestures: matchMedia('(pointer: coarse)').matches,
    canvasContextAttributes: { antialias: true }, clickTolerance: 5, refreshExpiredTiles: false,
  });
  fill();
  map.addControl(new library.NavigationControl({ visualizePitch: true }), 'bottom-right');
  await new Promise((done, failed) => {
    map.once('load', done);
    map.once('error', (event) => failed(event.error));
  });
  map.on('error', (event) => console.warn(event.error)); // a tile that could not be cut is no reason to drop the map
  listen();
  drawing.hidden = true;
  map.once('idle', () => { document.documentElement.dataset.map = 'live'; });
}

// What of the frame is free of tools and legend.
function room() {
  return frame.clientWidth > 700 ? { top: 72, bottom: 64, left: 28, right: 60 } : { top: 100, bottom: 64, left: 12, right: 12 };
}

// A tilted map is not fitted by its bounds: bring the parks themselves into the room, in two or three steps,
// since what comes nearer also grows.
function fill() {
  const pad = room();
  const wide = frame.clientWidth - pad.left - pad.right;
  const high = frame.clientHeight - pad.top - pad.bottom;
  const ring = places.parks.features.flatMap((park) => park.geometry.coordinates[0]);
  for (let turn = 0; turn < 3; turn += 1) {
    const seen = ring.map((point) => map.project(point));
    const [left, right] = [Math.min(...seen.map((p) => p.x)), Math.max(...seen.map((p) => p.x))];
    const [top, bottom] = [Math.min(...seen.map((p) => p.y)) - (view === 'flat' ? 0 : 40), Math.max(...seen.map((p) => p.y))];
    const middle = map.unproject([(left + right) / 2, (top + bottom) / 2]);
    map.jumpTo({ zoom: map.getZoom() + Math.log2(Math.min(wide / (right - left), high / (bottom - top))), center: middle });
    map.panBy([(pad.right - pad.left) / 2, (pad.bottom - pad.top) / 2], { duration: 0 });
  }
}

function listen() {
  const popup = new library.Popup({ closeButton: false, closeOnClick: false, offset: 10, maxWidth: '240px' });
  const layers = ['buildings', 'parks'];
  map.on('mousemove', (event) => {
    const hit = map.queryRenderedFeatures(event.point, { layers })[0];
    map.getCanvas().style.cursor = hit ? 'pointer' : '';
    light(hit?.properties.park);
    if (!hit) return popup.remove();
    popup.setLngLat(event.lngLat).setDOMContent(card(hit.properties)).addTo(map);
  });
  map.on('mouseout', () => { popup.remove(); light(); });
  map.on('click', (event) => {
    const hit = map.queryRenderedFeatures(event.point, { layers })[0];
    if (hit) location.assign(frame.dataset.parkUrl.replace('/0/', `/${hit.properties.park}/`));
  });
}

function card({ park }) {
  const box = document.createElement('div');
  const name = document.createElement('b');
  name.textContent = places.parks.features.find((one) => one.properties.park === park)?.properties.name ?? '';
  box.append(name, paint()[park]?.[1] ?? '');
  return box;
}

// A park under the pointer, in the map and in the list alike.
function light(park) {
  if (map) map.setFilter('lit', ['==', ['get', 'park'], park ?? -1]);
  for (const row of document.querySelectorAll('[data-row], .lot')) row.classList.toggle('lit', park !== undefined && (row.dataset.row ?? row.dataset.park) === String(park));
}

// -- what may change: figure, theme, the way of looking

function repaint() {
  const wanted = paint();
  const found = side()?.dataset.finding;
  drawing?.querySelector('svg')?.setAttribute('aria-label', found ?? '');
  for (const lot of drawing?.querySelectorAll('.lot') ?? []) {
    const [name, said] = wanted[lot.dataset.park] ?? ['step-0', ''];
    lot.setAttribute('class', `lot ${name}`);
    const title = lot.querySelector('title');
    const park = title.textContent.split('，')[0];
    title.textContent = `${park}，${said}`;
    lot.setAttribute('aria-label', title.textContent);
  }
  for (const text of drawing?.querySelectorAll('[data-name]') ?? []) text.setAttribute('class', wanted[text.dataset.name]?.[0] ?? 'step-0');
  themed();
}

function themed() {
  const [r, g, b] = (colour('--surface').match(/\d+(\.\d+)?/g) ?? [255, 255, 255]).map(Number);
  frame.classList.toggle('dark-map', r + g + b < 380);
  map?.setStyle(style());
}

function look(code) {
  view = code;
  frame.dataset.view = code;
  for (const link of frame.querySelectorAll('[data-switch]')) {
    if (link.dataset.switch === code) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  }
  const field = frame.querySelector('[data-view-field]');
  if (field) field.value = code;
  map.setStyle(style());
  map.easeTo({ pitch: TILT[code], bearing: TURN[code], duration: still() ? 0 : 700 });
}

function note(text) {
  const box = frame.querySelector('[data-note]');
  box.textContent = text;
  box.hidden = false;
}

if (frame && drawing) {
  themed();
  document.addEventListener('theme', themed);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', themed);
  document.addEventListener('htmx:afterSwap', (event) => {
    if (event.detail.target.id !== 'side' && !document.querySelector('#side[data-paint]')) return;
    repaint();
    const code = frame.querySelector('[data-figure] select').value;
    for (const link of frame.querySelectorAll('[data-switch]')) link.search = `?view=${link.dataset.switch}&figure=${code}`;
  });
  document.addEventListener('pointerover', (event) => {
    const row = event.target.closest?.('[data-row]');
    if (row) light(Number(row.dataset.row));
  });
  document.addEventListener('focusin', (event) => {
    const row = event.target.closest?.('[data-row]');
    if (row) light(Number(row.dataset.row));
  });
  frame.addEventListener('click', (event) => {
    const link = event.target.closest('[data-switch]');
    if (!link || !map || link.dataset.switch === 'svg' || event.ctrlKey || event.metaKey || event.button) return;
    event.preventDefault();
    history.replaceState(history.state, '', link.href);
    look(link.dataset.switch);
  });
  if (view === 'svg') document.documentElement.dataset.map = 'drawn';
  else if (!frame.dataset.script) fallBack('这里没有装立体图的组件，先看服务器画的图。');
  else if (!capable()) fallBack('这台设备画不了立体图，先看轴测图，名单和数字是一样的。');
  else start().catch((error) => {
    console.warn(error);
    map?.remove();
    map = null;
    live.hidden = true;
    drawing.hidden = false;
    fallBack('立体图没能打开，先看轴测图，名单和数字是一样的。');
  });
}

function fallBack(text) {
  if (view === '3d') note(text);
  document.documentElement.dataset.map = 'drawn';
}

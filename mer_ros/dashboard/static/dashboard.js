'use strict';

const WINDOW = 30;          // seconds of a timeline
const HEIGHT = 128;         // pixels of a timeline
const RETRY = 1000;         // milliseconds until the next attempt to connect
const SVG = 'http://www.w3.org/2000/svg';
const calm = matchMedia('(prefers-reduced-motion: reduce)');
const dark = matchMedia('(prefers-color-scheme: dark)');
const find = (id) => document.getElementById(id);

const people = new Map();   // person_id -> Person
let clock = null;           // {now, at}: seconds of the graph, and when they were told
let socket = null;

// The time of the graph; it does not run on when nobody tells it.
function now() {
  return clock === null ? 0 : clock.now + Math.min((performance.now() - clock.at) / 1000, 1);
}

const fixed = (value) => (value === null ? '–' : value.toFixed(2));
const percent = (value) => `${Math.round(value * 100)} %`;
const best = (values) => values.indexOf(Math.max(...values));

// What is sure of each emotion: belief, or where several may be present at once, the share that its
// own uncertainty leaves of its probability.
const sure = (state) => (state.multi_label
  ? state.probability.map((probability, k) => probability * (1 - state.label_uncertainty[k])) : state.belief);

// The same, with ignorance as the last, shrunk where it does not fit into a whole.
function masses(state) {
  const parts = [...sure(state), state.multi_label ? 0 : state.uncertainty];
  const whole = state.multi_label ? Math.max(1, parts.reduce((sum, part) => sum + part, 0)) : 1;
  return parts.map((part) => part / whole);
}

function element(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

// A strip in parts of [width from 0 to 1, colour, class].
function strip(parts) {
  const track = element('i', 'track');
  for (const [width, colour, className] of parts) {
    const part = element('i', className);
    part.style.width = `${100 * width}%`;
    if (colour) part.style.background = colour;
    track.append(part);
  }
  return track;
}

class Person {
  constructor(id) {
    this.id = id;
    this.history = [];
    this.card = find('person').content.firstElementChild.cloneNode(true);
    this.canvas = this.card.querySelector('canvas');
    this.say('name', id || 'anonymous');
  }

  say(name, text) {
    const node = this.card.querySelector(`[data-text="${name}"]`);
    if (node.textContent !== text) node.textContent = text;
  }

  part(name) {
    return this.card.querySelector(`[data-part="${name}"]`);
  }

  get state() {
    return this.history.at(-1);
  }

  // Take a state in; one before the last means that a recording has begun again.
  add(state) {
    const last = this.state;
    if (last && state.stamp < last.stamp) this.history = [];
    if (last && state.stamp === last.stamp) this.history.pop();
    this.history.push(state);
    while (this.history.length > 1 && this.history[1].stamp < state.stamp - WINDOW) this.history.shift();
    this.show(state);
    this.refresh();
  }

  show(state) {
    const known = state.label !== 'unknown';
    this.say('percent', known ? percent(state.confidence) : '?');
    this.say('label', state.label);
    this.say('affect', state.multi_label ? 'several at once' : state.valence === null || state.arousal === null ? ''
      : `valence ${state.valence.toFixed(1)}, arousal ${state.arousal.toFixed(1)}`);
    this.say('set', state.prediction_set_coverage
      ? `not ruled out (${percent(state.prediction_set_coverage)}): ${state.prediction_set.join(', ')}` : '');
    for (const name of ['uncertainty', 'conflict']) {
      this.say(name, fixed(state[name]));
      this.part(name).style.width = `${100 * state[name]}%`;
    }
    this.showArcs(state);
    const certain = sure(state);
    this.part('bars').replaceChildren(...state.labels.map((label, k) => {
      const probability = state.probability[k];
      const solid = Math.min(certain[k], probability);
      return element('div', known && label === state.label ? 'bar best' : 'bar',
        element('span', '', label),
        strip([[solid, state.colours[k], ''], [probability - solid, state.colours[k], 'pale']]),
        element('b', '', fixed(probability)));
    }));
    this.part('sources').replaceChildren(
      ...state.modalities.map((source) => this.source(source, state)),
      ...state.missing.map((name) => element('div', 'source missing',
        element('div', 'line', element('b', '', name), element('span', '', 'no evidence')), strip([]))));
    this.canvas.setAttribute('aria-label', `the last ${WINDOW} seconds of ${this.id || 'the person'}`);
    this.card.querySelector('.now svg').setAttribute('aria-label',
      `${state.label}, ${percent(state.confidence)}, uncertainty ${fixed(state.uncertainty)}`);
  }

  // Belief of each emotion as coloured arcs, and ignorance as the hatched rest of the ring.
  showArcs(state) {
    const group = this.part('arcs');
    const parts = masses(state);
    while (group.childElementCount > parts.length) group.lastChild.remove();
    let begin = 0;
    parts.forEach((mass, k) => {
      let arc = group.children[k];
      if (!arc) {
        arc = document.createElementNS(SVG, 'circle');
        arc.setAttribute('class', 'arc');
        for (const [name, value] of [['cx', 60], ['cy', 60], ['r', 46], ['pathLength', 1]]) arc.setAttribute(name, value);
        group.append(arc);
      }
      arc.setAttribute('stroke', state.colours[k] || 'url(#hatch)');
      arc.setAttribute('stroke-dasharray', `${mass} ${1 - mass}`);
      arc.setAttribute('stroke-dashoffset', -begin);
      arc.style.display = mass > 0.002 ? '' : 'none';
      begin += mass;
    });
  }

  source(source, state) {
    const top = best(source.probability);
    const track = strip([...source.belief.map((mass, k) => [mass, state.colours[k], '']),
      [source.uncertainty, null, 'hatched']]);
    return element('div', 'source',
      element('div', 'line', element('b', '', source.name),
        element('span', '', `${state.labels[top]} ${percent(source.probability[top])}`)),
      track,
      element('small', '', `weight ${fixed(source.weight)} · `, element('span'), ` · ${source.model}`),
      ...(source.doubts.length ? [element('small', 'doubts', source.doubts.join(', '))] : []));
  }

  // What changes as time goes by.
  refresh() {
    const state = this.state;
    const age = Math.max(0, now() - state.stamp);
    const expired = clock !== null && age > state.valid_for;
    this.card.classList.toggle('expired', expired);
    this.say('age', clock === null ? '' : `${expired ? 'expired, ' : ''}${age.toFixed(1)} s ago`);
    this.part('sources').querySelectorAll('small span').forEach((node, k) => {
      node.textContent = `${(age + state.modalities[k].age).toFixed(1)} s old`;
    });
    this.draw();
  }

  draw() {
    const scale = devicePixelRatio || 1;
    const width = this.canvas.clientWidth;
    const height = HEIGHT;
    if (this.canvas.width !== Math.round(width * scale)) this.canvas.width = Math.round(width * scale);
    if (this.canvas.height !== Math.round(height * scale)) this.canvas.height = Math.round(height * scale);
    const pen = this.canvas.getContext('2d');
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    drawTimeline(pen, width, height, this.history, Math.max(now(), this.state.stamp));
  }
}

let ink = null;             // colours of the theme, and hatching to draw with
function theme(pen) {
  if (ink) return ink;
  const style = getComputedStyle(document.documentElement);
  ink = Object.fromEntries(['soft', 'line', 'track', 'hatch', 'hatch-back', 'clash', 'ink']
    .map((name) => [name, style.getPropertyValue(`--${name}`)]));
  const tile = element('canvas');
  tile.width = tile.height = 6;
  const brush = tile.getContext('2d');
  brush.fillStyle = ink['hatch-back'];
  brush.fillRect(0, 0, 6, 6);
  brush.strokeStyle = ink.hatch;
  brush.lineWidth = 1.6;
  brush.beginPath();
  for (const x of [-6, 0, 6]) { brush.moveTo(x, 6); brush.lineTo(x + 6, 0); }
  brush.stroke();
  ink.pattern = pen.createPattern(tile, 'repeat');
  return ink;
}

// Label on a strip, below it belief and ignorance stacked to 1, and conflict as a dashed line.
function drawTimeline(pen, width, height, history, end) {
  const colours = theme(pen);
  const left = 0, right = width - 30, top = 16, bottom = height - 18;
  const x = (time) => right - (end - time) / WINDOW * (right - left);
  const y = (value) => bottom - value * (bottom - top);
  pen.font = '11px system-ui, "DejaVu Sans", sans-serif';
  pen.fillStyle = colours.track;
  pen.fillRect(left, top, right - left, bottom - top);
  pen.save();
  pen.beginPath();
  pen.rect(left, 0, right - left, bottom);
  pen.clip();
  const spans = history.map((state, n) => [state, x(state.stamp),
    x(Math.min(state.stamp + state.valid_for, history[n + 1]?.stamp ?? end, end))]);
  for (const [state, from, to] of spans) {
    if (to <= left || to <= from) continue;
    let base = 0;
    masses(state).forEach((mass, k) => {
      pen.fillStyle = state.colours[k] || colours.pattern;
      pen.fillRect(from, y(base + mass), to - from + 0.5, y(base) - y(base + mass));
      base += mass;
    });
  }
  pen.strokeStyle = colours.clash;
  pen.lineWidth = 1.8;
  pen.setLineDash([4, 3]);
  pen.beginPath();
  let before = null;
  for (const [state, from, to] of spans) {
    if (to <= from) continue;
    if (before === null || from - before > 1) pen.moveTo(from, y(state.conflict));
    else pen.lineTo(from, y(state.conflict));
    pen.lineTo(to, y(state.conflict));
    before = to;
  }
  pen.stroke();
  pen.setLineDash([]);
  drawLabels(pen, runs(spans), top, colours);
  pen.restore();
  pen.fillStyle = colours.soft;
  for (let ago = 0; ago <= WINDOW; ago += 10) {
    pen.textAlign = ago === WINDOW ? 'left' : ago ? 'center' : 'right';
    pen.fillText(ago ? `−${ago} s` : 'now', x(end - ago), height - 4);
  }
  pen.textAlign = 'left';
  pen.fillText('1', right + 6, top + 9);
  pen.fillText('0', right + 6, bottom);
}

// Consecutive states with the same label as one.
function runs(spans) {
  const found = [];
  for (const [state, from, to] of spans) {
    const last = found.at(-1);
    if (last && last.label === state.label && from - last.to < 1) last.to = to;
    else if (to > from) found.push({ label: state.label, from, to, colour: state.colours[state.labels.indexOf(state.label)] });
  }
  return found;
}

function drawLabels(pen, found, top, colours) {
  for (const run of found) {
    pen.fillStyle = run.colour || colours.pattern;
    pen.fillRect(run.from, top - 4, run.to - run.from, 3);
    const from = Math.max(run.from, 0);
    if (run.to - from > pen.measureText(run.label).width + 8) {
      pen.fillStyle = colours.ink;
      pen.textAlign = 'left';
      pen.fillText(run.label, from + 2, top - 6);
    }
  }
}

// The page follows what the server tells.

function onState(state) {
  if (!people.has(state.person)) {
    people.set(state.person, new Person(state.person));
    // In order of their ids, wherever they turn up.
    find('people').replaceChildren(...[...people.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).map((p) => p.card));
  }
  people.get(state.person).add(state);
  const text = state.labels.join();
  if (find('legend').dataset.labels !== text) {
    find('legend').dataset.labels = text;
    const swatch = (colour, className, name) => {
      const mark = element('i', className);
      if (colour) mark.style.background = colour;
      return element('li', '', mark, name);
    };
    find('legend').replaceChildren(
      ...state.labels.map((label, k) => swatch(state.colours[k], '', label)),
      swatch(null, 'hatched', 'ignorance'), swatch(null, 'dashed', 'conflict'));
  }
}

function onTime({ now: seconds, people: present }) {
  clock = { now: seconds, at: performance.now() };
  for (const [id, person] of people) {
    if (!present.includes(id)) {
      person.card.remove();
      people.delete(id);
    }
  }
}

function tell(state, text) {
  find('link').dataset.state = state;
  find('link').textContent = text;
}

function connect() {
  if (socket || document.hidden) return;
  tell('waiting', 'connecting');
  socket = new WebSocket(`ws://${location.host}/states`);
  socket.onopen = () => tell('live', 'live');
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === 'state') onState(message);
    else if (message.type === 'time') onTime(message);
    else if (message.type === 'hello') find('topic').textContent = message.topic;
    document.body.classList.toggle('empty', people.size === 0);
  };
  socket.onclose = () => {
    socket = null;
    clock = null;
    tell('lost', document.hidden ? 'paused' : 'not connected');
    setTimeout(connect, RETRY);
  };
}

// A page that nobody sees does not listen.
document.addEventListener('visibilitychange', () => (document.hidden ? socket?.close() : connect()));
dark.addEventListener('change', () => { ink = null; });

let drawn = 0;
function frame(time) {
  if (time - drawn > (calm.matches ? 1000 : 40)) {
    drawn = time;
    for (const person of people.values()) person.refresh();
  }
  requestAnimationFrame(frame);
}

document.body.classList.add('empty');
connect();
requestAnimationFrame(frame);

"use strict";
// Keeps what a page shows true. It only ever sets text, and attributes whose values are
// names of this page: whatever a file is called, it stays text.
const at = document.body.dataset.at;
const lost = document.getElementById("lost");
const live = document.getElementById("live");

// setText avoids touching what is as it was, so that a selection stays.
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// fill writes the view of a pair into a part of the page.
function fill(part, view) {
  part.dataset.state = view.state;
  for (const node of part.querySelectorAll("[data-field]")) {
    setText(node, view.fields[node.dataset.field] || "");
  }
  for (const row of part.querySelectorAll("[data-row]")) {
    if (row.dataset.row !== "held") row.hidden = !view.fields[row.dataset.row];
  }
  for (const one of part.querySelectorAll("[data-can]")) {
    one.hidden = !view.can[one.dataset.can];
  }
  const bar = part.querySelector("progress");
  if (bar && view.progress) {
    bar.max = view.progress.max || 1;
    bar.value = view.progress.value;
  }
}

// add makes a card for a pair that was not there when the page was made.
function add(view) {
  const template = document.getElementById("card");
  const list = document.getElementById("pairs");
  if (!template || !list) return null;
  const card = template.content.firstElementChild.cloneNode(true);
  card.dataset.pair = view.key;
  card.querySelector("[data-link]").href = at + "pair?key=" + encodeURIComponent(view.key);
  for (const input of card.querySelectorAll("[data-fill]")) input.value = view.key;
  list.append(card);
  document.getElementById("none").hidden = true;
  return card;
}

const passes = new Map(); // of each pair, when it was last told of
const states = new Map();

function show(view) {
  let parts = [...document.querySelectorAll("[data-pair]")].filter((part) => part.dataset.pair === view.key);
  if (parts.length === 0 && view.watched) parts = [add(view)].filter(Boolean);
  for (const part of parts) fill(part, view);
  if (parts.length === 0) return;
  if (states.has(view.key) && states.get(view.key) !== view.state && view.state !== "syncing") {
    setText(live, (view.fields.name || "") + ": " + view.fields.words);
  }
  states.set(view.key, view.state);
  if (passes.has(view.key) && passes.get(view.key) !== view.passes) later();
  passes.set(view.key, view.passes);
}

// forget marks the pairs of which nothing is known any more.
function forget(known) {
  for (const part of document.querySelectorAll("[data-pair]")) {
    if (known.includes(part.dataset.pair) || part.dataset.state === "unwatched") continue;
    const fields = { words: "not watched any more" };
    for (const name of ["name", "local", "remote", "direction"]) {
      fields[name] = part.querySelector('[data-field="' + name + '"]')?.textContent;
    }
    fill(part, { state: "unwatched", fields, can: {} });
  }
}

async function ask(what) {
  const query = new URLSearchParams({ key: document.body.dataset.key });
  const answer = await fetch(at + what + "?" + query);
  if (!answer.ok) throw new Error(what + ": " + answer.status);
  return answer.json();
}

const loads = new Map(); // how each part is loaded

// spaced does what takes long less often: it may take a twentieth of the time. It is done once
// at a time, and once more if it was asked for meanwhile.
async function spaced(name, work) {
  if (!loads.has(name)) loads.set(name, { busy: false, again: false, next: 0 });
  const load = loads.get(name);
  load.again = true;
  if (load.busy) return;
  load.busy = true;
  while (load.again) {
    await new Promise((done) => setTimeout(done, load.next - Date.now()));
    load.again = false;
    const began = Date.now();
    try {
      await work();
    } catch (failed) {
      console.warn(failed); // the next change loads it again
    }
    load.next = Date.now() + 20 * (Date.now() - began);
  }
  load.busy = false;
}

// refresh loads what the events do not bring: the history, the plots, what both sides hold.
function refresh() {
  if (!document.getElementById("plots")) return;
  spaced("history", refreshHistory);
  spaced("plots", refreshPlots);
  spaced("held", refreshHeld);
}

async function refreshHistory() {
  const table = document.getElementById("history");
  if (table.dataset.live !== "yes") return;
  const found = await ask("history");
  if (found.rows.length === 0) return;
  const rows = found.rows.map((line) => {
    const row = document.createElement("tr");
    if (line.failed) row.className = "failed";
    const when = document.createElement("td");
    when.textContent = line.time;
    const what = document.createElement("td");
    const text = document.createElement("bdi");
    text.textContent = line.text;
    what.append(text);
    row.append(when, what);
    return row;
  });
  table.tBodies[0].replaceChildren(...rows);
}

async function refreshHeld() {
  const { held } = await ask("held");
  if (!held) return;
  const place = document.getElementById("held");
  setText(place, held);
  place.closest("[data-row]").hidden = false;
}

const plots = new Map();

async function refreshPlots() {
  const found = await ask("plot");
  for (const span of ["hour", "month"]) {
    setText(document.getElementById("said-" + span), found[span].said);
    draw(span, found[span]);
  }
}

function draw(span, data) {
  const place = document.getElementById("plot-" + span);
  const style = getComputedStyle(document.documentElement);
  const color = (name) => style.getPropertyValue(name).trim();
  plots.get(span)?.plot.destroy();
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", data.said);
  const axis = { stroke: color("--soft"), grid: { stroke: color("--line") }, ticks: { stroke: color("--line") } };
  const plot = new uPlot({
    width: Math.max(place.clientWidth, 200), height: 180, legend: { show: false }, cursor: { show: false },
    scales: { bytes: { range: (u, low, high) => [0, Math.max(high, 1)] }, y: { range: (u, low, high) => [0, Math.max(high, 1)] } },
    axes: [
      { ...axis, values: (u, all) => all.map(span === "hour" ? clock : day) },
      { ...axis, label: "changes", size: 50, labelSize: 20 },
      { ...axis, scale: "bytes", side: 1, size: 70, label: "bytes", labelSize: 20, grid: { show: false }, values: (u, all) => all.map(bytes) },
    ],
    series: [
      {},
      { stroke: color("--busy"), fill: color("--busy") + "40", paths: uPlot.paths.bars({ size: [0.8, 40] }), points: { show: false } },
      { stroke: color("--wait"), scale: "bytes", width: 2, points: { show: false } },
    ],
  }, [data.times, data.changes, data.bytes], place);
  plots.set(span, { plot, data });
}

// clock and day are the times below the plots, of seconds since 1970.
function clock(t) {
  const time = new Date(t * 1000);
  return two(time.getHours()) + ":" + two(time.getMinutes());
}

function day(t) {
  const time = new Date(t * 1000);
  return two(time.getMonth() + 1) + "-" + two(time.getDate());
}

function two(n) {
  return String(n).padStart(2, "0");
}

function bytes(n) {
  for (const unit of ["B", "kB", "MB", "GB"]) {
    if (n < 1000) return Math.round(n * 10) / 10 + " " + unit;
    n /= 1000;
  }
  return Math.round(n * 10) / 10 + " TB";
}

let due = 0;

// later refreshes after a moment, and does not wait twice.
function later() {
  if (due) return;
  due = setTimeout(() => {
    due = 0;
    refresh();
  }, 150);
}

function redraw() {
  for (const [span, { data }] of plots) draw(span, data);
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === width) return;
  width = innerWidth;
  redraw();
});

// A page that nobody sees follows nothing. A browser has only a few connections to a server,
// and each page that follows takes one.
let events = null;

function follow() {
  if (document.hidden) {
    events?.close();
    events = null;
    return;
  }
  if (events) return;
  events = new EventSource(at + "events");
  events.addEventListener("open", () => { lost.hidden = true; document.body.dataset.connected = "yes"; });
  events.addEventListener("error", () => {
    lost.hidden = false;
    if (events?.readyState === EventSource.CLOSED) {
      lost.textContent = "ferry does not answer here any more. If it was started anew, open the address that it has printed.";
    }
  });
  events.addEventListener("pair", (event) => show(JSON.parse(event.data)));
  events.addEventListener("known", (event) => forget(JSON.parse(event.data)));
}

document.addEventListener("visibilitychange", follow);
addEventListener("pagehide", () => { events?.close(); events = null; });
addEventListener("pageshow", follow);
follow();
later();

// Sorts and filters the tables of the page. Without it they are plain tables, with all their rows.
// It makes no markup from text, asks for nothing and keeps nothing.
"use strict";
document.documentElement.classList.add("scripted");

const ROWS_AT_ONCE = 250;
const order = new Intl.Collator("en", {numeric: true, sensitivity: "base"}).compare;

const textOf = cell => cell.textContent.trim();
const numberOf = cell => {
  const found = cell.textContent.replace("\u2212", "-").match(/-?\d+(\.\d+)?/);
  return found ? Number(found[0]) : null;
};

/** Order rows by one column; what says nothing there stays last in both directions. */
function sorted(rows, column, kind, direction) {
  const value = kind === "number" ? numberOf : textOf;
  const keyed = rows.map(row => [value(row.cells[column]), row]);
  const isEmpty = key => key === null || key === "";
  const compare = kind === "number" ? (a, b) => a - b : order;
  keyed.sort(([a], [b]) => isEmpty(a) || isEmpty(b) ? isEmpty(a) - isEmpty(b) : direction * compare(a, b));
  return keyed.map(([, row]) => row);
}

/** Turn the headings of a table into buttons that sort it; `onSort` gets the rows in their new order. */
function makeSortable(table, rows, onSort) {
  const headings = [...table.tHead.rows[0].cells];
  for (const heading of headings.filter(cell => cell.dataset.sorts)) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const ascending = heading.getAttribute("aria-sort") !== "ascending";
      headings.forEach(cell => cell.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
      onSort(sorted(rows(), heading.cellIndex, heading.dataset.sorts, ascending ? 1 : -1));
    });
  }
}

function put(body, rows) {
  const all = document.createDocumentFragment();
  rows.forEach(row => all.append(row));
  body.replaceChildren(all);
}

function makeSimple(table) {
  const body = table.tBodies[0];
  makeSortable(table, () => [...body.rows], rows => put(body, rows));
}

/** The table of submissions: sorted, filtered, and shown some rows at a time. */
function makeGrid(table) {
  const byId = id => document.getElementById(id);
  const body = table.tBodies[0];
  const original = [...body.rows];
  const firstQuestion = 3;
  const found = new Map(original.map(row => [row, row.cells[0].textContent.toLowerCase()]));
  let rows = original; // in their order
  let picked = null; // the rows of one group of the page, and its words
  let first = 0;
  let isPrinting = false; // then all that is wanted is shown at once

  const isWanted = () => {
    const text = byId("find").value.trim().toLowerCase();
    const kind = byId("kind").value;
    const lost = byId("lost").value;
    const column = firstQuestion + Number(lost);
    return row =>
      (!text || found.get(row).includes(text))
      && (!kind || (row.dataset.kinds ?? "").split(" ").includes(kind))
      && (!lost || ["b", "p"].includes(row.cells[column].className))
      && (!picked || picked.rows.has(row));
  };

  // Only what is shown is in the page: with ten thousand rows in it, sorting takes seconds instead of a tenth of one.
  const show = () => {
    const wanted = rows.filter(isWanted());
    const count = wanted.length;
    put(body, isPrinting ? wanted : wanted.slice(first, first + ROWS_AT_ONCE));
    const last = Math.min(first + ROWS_AT_ONCE, count);
    const all = original.length.toLocaleString("en");
    const shown = count === original.length ? `${all} in all` : `${count.toLocaleString("en")} of ${all}`;
    byId("shown").textContent = picked ? `${shown}: ${picked.what}` : shown;
    byId("range").textContent = `${count ? first + 1 : 0}\u2013${last} of ${count.toLocaleString("en")}`;
    byId("pager").hidden = count <= ROWS_AT_ONCE;
    byId("earlier").disabled = first === 0;
    byId("later").disabled = last === count;
  };

  const restart = () => { first = 0; show(); };
  const turn = step => {
    first += step * ROWS_AT_ONCE;
    show();
    table.closest(".scroller").scrollTop = 0;
  };
  const reset = () => {
    picked = null;
    ["find", "kind", "lost"].forEach(id => { byId(id).value = ""; });
  };

  makeSortable(table, () => rows, ordered => { rows = ordered; restart(); });
  ["find", "kind", "lost"].forEach(id => byId(id).addEventListener("input", restart));
  byId("everything").addEventListener("click", () => { reset(); restart(); });
  byId("earlier").addEventListener("click", () => turn(-1));
  byId("later").addEventListener("click", () => turn(1));
  for (const button of document.querySelectorAll("button.pick")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      reset();
      const places = button.dataset.rows.split(" ").filter(Boolean);
      picked = {rows: new Set(places.map(place => original[Number(place)])), what: button.dataset.what};
      restart();
      byId("submissions").scrollIntoView();
      table.closest(".scroller").focus({preventScroll: true});
    });
  }
  const print = isNow => { isPrinting = isNow; show(); };
  addEventListener("beforeprint", () => print(true));
  addEventListener("afterprint", () => print(false));
  matchMedia("print").addEventListener("change", event => print(event.matches));
  reset(); // a browser that goes back fills the fields again, and not the table
  byId("controls").hidden = false;
  show();
  table.classList.add("ready");
}

document.addEventListener("DOMContentLoaded", () => {
  for (const table of document.querySelectorAll("table.data")) {
    if (table.id === "grid") makeGrid(table); else makeSimple(table);
  }
});

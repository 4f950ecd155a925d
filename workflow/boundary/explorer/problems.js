"use strict";
// Text comes from models and files: it is only ever put into text nodes, never parsed as HTML.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const SETS = ["both", "base_only", "other_only", "neither"];
  const WORDS = ["both", "base only", "other only", "neither"];
  // Places in a row, as explorer/rows.py writes it.
  const PAIR = 0, PROBLEM = 1, SET = 2, BASE = 3, OTHER = 7, CUT = 11, GRADED = 13;
  const [BENCHMARK, NAME, ADDRESS, QUESTION, STRATA] = [0, 1, 2, 3, 4];
  const form = document.getElementById("filters");
  const problem = (row) => data.problems[row[PROBLEM]];
  const sum = (row, at) => (row[at] ?? 0) + (row[at + 1] ?? 0);
  const has = (row, at, side) => ({ "": true, 1: sum(row, at) > 0, base: row[at] > 0, other: row[at + 1] > 0 })[side];
  const known = (row, at) => row[at] !== null || row[at + 1] !== null;
  const percent = (share) => `${(100 * share).toFixed(1)}\u00a0%`;

  const options = (name, values) => {
    for (const [value, text] of values) form.elements[name].add(new Option(text, value));
    if (values.length < (name === "stratum" ? 1 : 2)) form.elements[name].closest("label").hidden = true;
  };
  const unique = (values) => [...new Set(values)].map((value) => [value, value]);
  options("comparison", data.comparisons.map((pair) => [pair.name, pair.title]));
  options("benchmark", unique(data.problems.map((each) => each[BENCHMARK])));
  options("stratum", unique(data.problems.flatMap((each) => each[STRATA])).sort());
  for (const [name, at] of [["cut", CUT], ["graded", GRADED]]) {
    form.elements[name].closest("label").hidden = !data.rows.some((row) => sum(row, at) > 0);
  }

  const cell = (text, title) => {
    const span = document.createElement("span");
    span.textContent = text;
    if (title) span.title = title;
    return span;
  };
  const link = (row) => {
    const [, name, address] = problem(row);
    if (address === null) return cell(name);
    const anchor = document.createElement("a");
    anchor.href = address;
    anchor.textContent = name;
    return anchor;
  };
  const rate = (row, at) => {
    const [hits, n, low, high] = row.slice(at, at + 4);
    const stops = low === null; // early, so that the share says too much of its rate
    const node = cell(stops ? "–" : percent(hits / n), `${hits} of ${n}`);
    const small = document.createElement("small");
    small.textContent = stops ? `${hits}/${n}` : `${hits}/${n} [${percent(low)}, ${percent(high)}]`;
    node.append(small);
    return node;
  };
  const counts = (row, at) => (known(row, at) ? `${row[at] ?? "–"} · ${row[at + 1] ?? "–"}` : "–");
  const shown = (text) => (text === null ? "" : text.length > 160 ? `${text.slice(0, 160)}…` : text);
  const column = (title, order, node, more) => ({
    title,
    data: null,
    defaultContent: "",
    searchable: false,
    render: (_, type, row) => (type === "display" ? node(row) : order(row)),
    ...more,
  });
  const [baseTitle, otherTitle] = data.comparisons.length === 1 ? data.comparisons[0].sides : ["base", "other"];
  const several = (name) => form.elements[name].length > 2;
  const columns = [
    column("comparison", (row) => row[PAIR], (row) => cell(data.comparisons[row[PAIR]].title), {
      visible: several("comparison"),
    }),
    column("benchmark", (row) => row[PROBLEM], (row) => cell(problem(row)[BENCHMARK]), {
      visible: several("benchmark"),
    }),
    column("problem", (row) => row[PROBLEM], link),
    column("question", (row) => problem(row)[QUESTION] ?? "", (row) => cell(shown(problem(row)[QUESTION])), {
      visible: data.problems.some((each) => each[QUESTION] !== null),
      className: "long",
    }),
    column("stratum", (row) => problem(row)[STRATA].join(", "), (row) => cell(problem(row)[STRATA].join(", ")), {
      visible: data.problems.some((each) => each[STRATA].length),
    }),
    column("solved by", (row) => row[SET], (row) => cell(WORDS[row[SET]])),
    column(baseTitle, (row) => row[BASE] / row[BASE + 1], (row) => rate(row, BASE)),
    column(otherTitle, (row) => row[OTHER] / row[OTHER + 1], (row) => rate(row, OTHER)),
    column("cut, base · other", (row) => sum(row, CUT), (row) => cell(counts(row, CUT)), {
      visible: data.rows.some((row) => known(row, CUT)),
    }),
    column("graded otherwise", (row) => sum(row, GRADED), (row) => cell(counts(row, GRADED)), {
      visible: data.rows.some((row) => known(row, GRADED)),
    }),
  ];

  const lower = data.problems.map((each) => `${each[NAME]}\n${each[QUESTION] ?? ""}`.toLowerCase());
  let keeps = () => true;
  // What the form asks for, as one function of a row: all that a problem decides is decided once.
  const asked = () => {
    const get = (name) => form.elements[name].value;
    const [pair, benchmark, set, stratum] = ["comparison", "benchmark", "set", "stratum"].map(get);
    const text = get("text").toLowerCase();
    const low = get("low") === "" ? -Infinity : Number(get("low")) / 100;
    const high = get("high") === "" ? Infinity : Number(get("high")) / 100;
    const [cut, graded] = ["cut", "graded"].map(get);
    const fits = data.problems.map(
      (each, i) =>
        (!benchmark || each[BENCHMARK] === benchmark) &&
        (!stratum || each[STRATA].includes(stratum)) &&
        (!text || lower[i].includes(text)),
    );
    const pairPlace = data.comparisons.findIndex((each) => each.name === pair);
    const setPlace = SETS.indexOf(set);
    return (row) => {
      const share = row[BASE] / row[BASE + 1];
      return (
        fits[row[PROBLEM]] &&
        (!pair || row[PAIR] === pairPlace) &&
        (!set || row[SET] === setPlace) &&
        share >= low - 1e-12 &&
        share <= high + 1e-12 &&
        has(row, CUT, cut) &&
        has(row, GRADED, graded)
      );
    };
  };

  // Filters stand in the address, so that a view can be linked to.
  const fromAddress = () => {
    form.reset();
    for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
      const field = form.elements[name];
      if (field) field.value = value;
    }
  };
  const toAddress = () => {
    const kept = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    history.replaceState(null, "", `#${kept}`);
  };

  fromAddress();
  keeps = asked();
  DataTable.ext.errMode = "throw";
  const table = new DataTable("#problems", {
    data: data.rows,
    columns,
    order: [],
    pageLength: 50,
    deferRender: true,
    autoWidth: false,
    searching: true,
    layout: { topStart: null, topEnd: null, bottomStart: "pageLength", bottomEnd: "paging" },
  });
  const counted = () => {
    const { recordsDisplay, recordsTotal } = table.page.info();
    document.getElementById("count").textContent =
      `${recordsDisplay.toLocaleString("en")} of ${recordsTotal.toLocaleString("en")} rows`;
  };
  table.search.fixed("filters", (_, row) => keeps(row));
  table.on("draw", counted);
  const apply = () => {
    keeps = asked();
    table.draw();
  };
  const changed = () => {
    toAddress();
    apply();
  };
  form.addEventListener("input", changed);
  form.addEventListener("reset", () => setTimeout(changed));
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", () => {
    fromAddress();
    apply();
  });
  apply();
})();

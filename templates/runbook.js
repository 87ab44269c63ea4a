// The run sheet as a page that works: boxes that keep what is ticked, a clock, the time to the rollback deadline, and what
// was done as lines for `relplan log PLAN --from FILE`. Nothing leaves the browser but the file that is saved.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("page-data").textContent);
  const zh = data.language === "zh";
  const say = (chinese, english) => (zh ? chinese : english);
  const key = "relplan:" + data.release;
  const steps = new Map(data.steps.map((step) => [step.ref, step]));
  const rows = new Map();
  let kept = read();

  // What is kept: who works with the page, and the entries, of which those with `saved` are in a file already.
  function read() {
    try {
      const found = JSON.parse(localStorage.getItem(key) || "null");
      if (found && Array.isArray(found.entries)) return found;
    } catch (error) {
      tell(say("浏览器没有保存进度：", "This browser does not keep the progress: ") + error.message);
    }
    return { by: "", entries: [] };
  }

  function keep() {
    try {
      localStorage.setItem(key, JSON.stringify(kept));
    } catch (error) {
      tell(say("进度没有保存，请先导出：", "The progress is not kept, export it: ") + error.message);
    }
  }

  function latest(ref) {
    for (let at = kept.entries.length - 1; at >= 0; at -= 1) if (kept.entries[at].ref === ref) return kept.entries[at];
    const step = steps.get(ref);
    return step && step.status ? { ref, status: step.status, saved: true, note: "" } : null;
  }

  function done(step) {
    return step.part === "verification" ? "pass" : "done";
  }

  // An entry is one line of the log; what is not saved yet can still be taken back.
  function log(ref, status) {
    const step = steps.get(ref);
    const note = rows.get(ref).note.value.trim();
    const entry = { at: new Date().toISOString(), release: data.release, ref, status, text: step.text, plan: data.plan };
    if (kept.by) entry.by = kept.by;
    if (note) entry.note = note;
    kept.entries.push(entry);
    keep();
    show();
  }

  function takeBack(ref) {
    const entry = latest(ref);
    if (!entry || entry.saved) {
      tell(say("已导出的记录不能撤回；请记录现在的状态", "What was exported stays; log how it is now"));
      return show();
    }
    kept.entries.splice(kept.entries.lastIndexOf(entry), 1);
    keep();
    show();
  }

  function noted(ref) {
    const entry = latest(ref);
    const note = rows.get(ref).note.value.trim();
    if (!entry || (entry.note || "") === note) return;
    if (entry.saved) return log(ref, entry.status);
    if (note) entry.note = note;
    else delete entry.note;
    keep();
  }

  // The page

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
    made.append(...children);
    return made;
  }

  function button(words, action, label) {
    const made = element("button", { type: "button", "aria-label": label || words }, words);
    made.addEventListener("click", action);
    return made;
  }

  function equip(anchor) {
    const ref = anchor.id.slice("run:".length);
    const step = steps.get(ref);
    const row = anchor.closest("tr");
    if (!step || !row) return;
    const name = step.shown + " " + step.text;
    const box = element("input", { type: "checkbox", "aria-label": name });
    box.addEventListener("change", () => (box.checked ? log(ref, done(step)) : takeBack(ref)));
    const note = element("input", { type: "text", class: "run-note", "aria-label": say("结果：", "Result: ") + name });
    note.addEventListener("change", () => noted(ref));
    const fail = button("✗", () => log(ref, "fail"), say("失败：", "Failed: ") + name);
    const skip = button("↷", () => log(ref, "skip"), say("跳过：", "Skipped: ") + name);
    const state = element("span", { class: "run-state" });
    row.closest("table").classList.add("run-table");
    const cells = row.querySelectorAll("td, th");
    const place = row.querySelector(".box");
    place.replaceWith(element("span", { class: "run-tick" }, box, fail, skip));
    cells[cells.length - 1].replaceChildren(note, state);
    rows.set(ref, { row, box, note, state, step });
  }

  const words = {
    done: say("完成", "done"),
    pass: say("通过", "passed"),
    fail: say("失败", "failed"),
    skip: say("跳过", "skipped"),
    waive: say("豁免", "waived"),
  };

  function show() {
    let met = 0;
    for (const [ref, { row, box, note, state }] of rows) {
      const entry = latest(ref);
      const status = entry ? entry.status : "";
      box.checked = status === "done" || status === "pass";
      row.dataset.status = status;
      if (entry && document.activeElement !== note) note.value = entry.note || "";
      state.textContent = entry ? words[status] + (entry.at ? " " + time(new Date(entry.at)) : "") : "";
    }
    const counted = data.steps.filter((step) => step.part !== "rollback");
    for (const step of counted) if ((latest(step.ref) || { status: "fail" }).status !== "fail") met += 1;
    progress.textContent = met + "/" + counted.length;
    const waiting = kept.entries.filter((entry) => !entry.saved).length;
    save.textContent = say("导出", "Export") + (waiting ? " (" + waiting + ")" : "");
  }

  function time(at) {
    return at.toLocaleTimeString(zh ? "zh-CN" : "en-GB", { hour: "2-digit", minute: "2-digit", hour12: false });
  }

  function tick() {
    const now = new Date();
    clock.textContent = now.toLocaleTimeString(zh ? "zh-CN" : "en-GB", { hour12: false });
    if (!data.deadline) return;
    const left = Math.floor((new Date(data.deadline) - now) / 1000);
    const size = Math.abs(left);
    const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60].map((each) => String(each).padStart(2, "0"));
    countdown.textContent = (left < 0 ? say("已过时限 ", "past the deadline ") : say("离时限 ", "to the deadline ")) + parts.join(":");
    bar.dataset.late = String(left < 0);
    bar.dataset.soon = String(left >= 0 && left < 1800);
  }

  function lines() {
    return kept.entries.map(({ saved, ...entry }) => JSON.stringify(entry) + "\n").join("");
  }

  function exported() {
    const url = URL.createObjectURL(new Blob([lines()], { type: "application/x-ndjson" }));
    const link = element("a", { href: url, download: data.release.replace(/[^\p{L}\p{N}.-]+/gu, "-") + ".jsonl" });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
    for (const entry of kept.entries) entry.saved = true;
    keep();
    show();
    tell(say("已导出；用 relplan log 计划 --from 文件 并入日志", "Exported; add it with relplan log PLAN --from FILE"));
  }

  function tell(text) {
    const place = document.getElementById("run-message");
    if (place) place.textContent = text;
  }

  const clock = element("span", { class: "run-clock" });
  const countdown = element("strong", { class: "run-countdown" });
  const progress = element("span", { class: "run-progress", title: say("已完成的步骤", "Steps done") });
  const save = button(say("导出", "Export"), exported);
  save.id = "run-export";
  const by = element("input", { type: "text", id: "run-by", placeholder: say("执行人", "Your name"), "aria-label": say("执行人", "Your name") });
  by.value = kept.by;
  by.addEventListener("change", () => {
    kept.by = by.value.trim();
    keep();
  });
  const message = element("span", { id: "run-message", role: "status" });
  const bar = element("div", { class: "run-bar" }, clock, countdown, progress, by, save, message);
  document.querySelector("main").prepend(bar);
  for (const anchor of document.querySelectorAll('[id^="run:"]')) equip(anchor);
  window.addEventListener("storage", (event) => {
    if (event.key !== key) return;
    kept = read();
    show();
  });
  show();
  tick();
  setInterval(tick, 1000);
})();

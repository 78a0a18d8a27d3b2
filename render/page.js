"use strict";
// Pan with the pointer, zoom with the wheel, search, and show what is known of
// the box that was clicked. Nothing here makes markup of text. The page is
// well-formed XML too, so that tests can read it: no less-than, no ampersand.
(function () {
  const svg = document.getElementById("figure");
  const full = svg.viewBox.baseVal;
  const home = { x: full.x, y: full.y, width: full.width, height: full.height };
  svg.removeAttribute("width");
  svg.removeAttribute("height");

  function look(x, y, width, height) {
    svg.setAttribute("viewBox", [x, y, width, height].join(" "));
  }
  function scale() {
    const b = svg.viewBox.baseVal;
    return Math.max(b.width / svg.clientWidth, b.height / svg.clientHeight);
  }

  let from = null;
  svg.addEventListener("pointerdown", function (e) { from = { x: e.clientX, y: e.clientY, moved: false }; });
  window.addEventListener("pointerup", function () { from = null; });
  window.addEventListener("pointermove", function (e) {
    if (!from) return;
    const b = svg.viewBox.baseVal, s = scale();
    look(b.x - (e.clientX - from.x) * s, b.y - (e.clientY - from.y) * s, b.width, b.height);
    from = { x: e.clientX, y: e.clientY };
  });
  svg.addEventListener("wheel", function (e) {
    e.preventDefault();
    const b = svg.viewBox.baseVal, f = Math.pow(1.0015, e.deltaY);
    const r = svg.getBoundingClientRect();
    const px = (e.clientX - r.left) / r.width, py = (e.clientY - r.top) / r.height;
    look(b.x + b.width * (1 - f) * px, b.y + b.height * (1 - f) * py, b.width * f, b.height * f);
  }, { passive: false });
  document.getElementById("fit").addEventListener("click", function () {
    look(home.x, home.y, home.width, home.height);
  });

  let picked = null;
  function show(box) {
    if (picked) picked.classList.remove("picked");
    picked = box;
    for (const pre of document.querySelectorAll("#details pre")) pre.hidden = true;
    const id = box ? "d" + box.id.slice(1) : "report";
    document.getElementById(id).hidden = false;
    if (box) box.classList.add("picked");
  }
  svg.addEventListener("click", function (e) { show(e.target.closest(".box")); });

  const search = document.getElementById("search");
  search.addEventListener("input", function () {
    const words = search.value.trim().toLowerCase();
    let found = 0, left = Infinity, top = Infinity, right = -Infinity, bottom = -Infinity;
    for (const box of document.querySelectorAll(".box")) {
      const text = box.textContent + document.getElementById("d" + box.id.slice(1)).textContent;
      const hit = words === "" ? false : text.toLowerCase().includes(words);
      box.classList.toggle("hit", hit);
      if (!hit) continue;
      const b = box.getBBox();
      left = Math.min(left, b.x);
      top = Math.min(top, b.y);
      right = Math.max(right, b.x + b.width);
      bottom = Math.max(bottom, b.y + b.height);
      found++;
    }
    // What was found comes near, but with its surroundings.
    const margin = 60;
    if (found > 0) look(left - margin, top - margin, right - left + 2 * margin, bottom - top + 2 * margin);
    else look(home.x, home.y, home.width, home.height);
    svg.classList.toggle("searching", words !== "");
    document.getElementById("found").textContent = words === "" ? "" : String(found) + " found";
  });
})();

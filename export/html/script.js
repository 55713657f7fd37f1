'use strict';
(() => {
const facts = JSON.parse(document.getElementById('facts').textContent);
const make = (tag, text, kind) => { const e = document.createElement(tag); if (text !== undefined) e.textContent = text; if (kind) e.className = kind; return e; };
const count = n => n.toLocaleString('en-US');
// What hides, moves or reorders is shown by its code point, as in the lists.
const show = s => String(s).replace(/[^\P{C}\n\t]|[\p{Zl}\p{Zp}\u034F\u115F\u1160\u2800\u3164\uFFA0\uFFFD⟦⟧]|[^\P{Zs} \u00a0]|\p{Variation_Selector}/gu, c => '⟦U+' + c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0') + '⟧');
const terms = s => s.toLowerCase().split(/\s+/).filter(Boolean);
const hit = (text, want) => want.every(t => text.includes(t));
let held = null; // the files of the package that the reader gave, by path, and which of them match

// Filters. A filter that cannot see all rows says so.
const filters = [];
for (const list of document.querySelectorAll('.list')) {
  const rows = [...list.querySelectorAll('.row')].filter(r => !r.parentElement.closest('.row'));
  const total = Number(list.dataset.total);
  if (rows.length < 2) continue;
  const cut = rows.length < total;
  const tools = make('div', undefined, 'tools'), label = make('label', 'Filter '), box = make('input'), said = make('span', '', 'muted');
  box.type = 'search'; said.setAttribute('role', 'status');
  label.append(box); tools.append(label);
  const states = [...new Set(rows.map(r => r.dataset.state).filter(Boolean))];
  const choice = make('select');
  if (states.length > 1) {
    choice.append(new Option('every state', ''));
    for (const s of states) choice.append(new Option(s, s));
    const named = make('label', 'State '); named.append(choice); tools.append(named);
  }
  tools.append(said);
  const texts = new Map();
  const run = all => {
    const want = terms(box.value).concat(all), state = choice.value || '';
    let n = 0;
    for (const r of rows) {
      if (want.length && !texts.has(r)) texts.set(r, r.textContent.toLowerCase());
      const on = (!state || r.dataset.state === state) && (!want.length || hit(texts.get(r), want));
      r.hidden = !on; n += on;
    }
    const on = want.length || state;
    said.textContent = !on ? '' : count(n) + ' of the ' + count(rows.length) + ' rows here' + (cut ? '. The other ' + count(total - rows.length) + ' are not on this page and were not looked at: ' + list.dataset.file : '');
    return n;
  };
  filters.push(run);
  box.addEventListener('input', () => run(overall()));
  choice.addEventListener('change', () => run(overall()));
  list.querySelector('.where').after(tools);
  if (cut) search(list, box, tools);
}
const all = make('input'), found = make('span', '', 'muted');
function overall() { return terms(all.value); }
{
  const tools = make('div', undefined, 'tools'), label = make('label', 'Filter every list ');
  all.type = 'search'; label.append(all); tools.append(label, found); found.setAttribute('role', 'status');
  all.addEventListener('input', () => {
    const want = overall(); let n = 0;
    for (const run of filters) n += run(want);
    found.textContent = want.length ? count(n) + ' rows on this page hold it; what a list does not show was not looked at' : '';
  });
  document.querySelector('nav').after(tools);
}

// All rows of a list that the page shows in part, out of the package's own file.
function search(list, box, tools) {
  const go = make('button', 'Search all ' + count(Number(list.dataset.total)) + ' rows'), out = make('div');
  go.type = 'button'; tools.append(go); tools.after(out);
  go.addEventListener('click', async () => {
    out.replaceChildren();
    const path = list.dataset.file, file = held && held.files.get(path);
    if (!file || !held.sound.has(path)) { out.append(make('p', 'Give this page the package first, in section “Check this package”: the rows are read from ' + path + ' once that file matches the manifest.')); return; }
    const want = terms(box.value), most = 200;
    let n = 0, seen = 0;
    for await (const line of lines(file)) {
      seen++;
      if (!hit(line.toLowerCase(), want)) continue;
      if (++n > most) continue;
      const row = JSON.parse(line), card = make('article', undefined, 'row'), dl = make('dl');
      for (const c of facts.lists[path]) {
        if (!Object.hasOwn(row, c.key)) continue;
        const d = make('div'); d.append(make('dt', c.title), make('dd', show(row[c.key]))); dl.append(d);
      }
      card.append(dl); out.append(card);
    }
    out.prepend(make('p', count(n) + ' of ' + count(seen) + ' rows of ' + path + ' hold it' + (n > most ? '; the first ' + most + ' stand here' : '') + '.'));
  });
}
async function* lines(file) {
  const r = file.stream().pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await r.read();
    if (done) break;
    const parts = (rest + value).split('\n');
    rest = parts.pop();
    yield* parts;
  }
  if (rest) yield rest;
}

// The check of a package against its manifest.
const most = 1 << 29; // bytes of one file that a browser can hash at once
const hex = b => Array.from(new Uint8Array(b), x => x.toString(16).padStart(2, '0')).join('');
const sha = async b => new Uint8Array(await crypto.subtle.digest('SHA-256', b));
const join = (...parts) => { const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0)); let at = 0; for (const p of parts) { out.set(p, at); at += p.length; } return out; };
async function tree(h) {
  if (h.length === 1) return h[0];
  let k = 1; while (k * 2 < h.length) k *= 2;
  return sha(join([1], await tree(h.slice(0, k)), await tree(h.slice(k))));
}
const content = role => role !== 'document' && role !== 'verifier';
async function root(files) {
  const h = [];
  for (const f of files) {
    if (content(f.role)) h.push(await sha(join([0], new TextEncoder().encode('tieout/content/v1\n' + JSON.stringify({ bytes: f.bytes, path: f.path, role: f.role, sha256: f.sha256 })))));
  }
  return h.length ? hex(await tree(h)) : '';
}

// A package's zip file has one spelling: stored entries, one behind the other.
async function unzip(blob) {
  const files = new Map(), bad = [];
  const view = async (at, n) => { if (at < 0 || at + n > blob.size) throw Error('the zip file ends too early'); return new DataView(await blob.slice(at, at + n).arrayBuffer()); };
  const end = await view(blob.size - 22, 22);
  if (end.getUint32(0, true) !== 0x06054b50 || end.getUint16(20, true) !== 0) throw Error('no end record of a zip file in its place');
  let n = end.getUint16(10, true), size = end.getUint32(12, true), start = end.getUint32(16, true), stop = blob.size - 22;
  if (n === 0xffff || size === 0xffffffff || start === 0xffffffff) {
    const where = await view(blob.size - 42, 20);
    if (where.getUint32(0, true) !== 0x07064b50) throw Error('no zip64 locator in its place');
    stop = Number(where.getBigUint64(8, true));
    const big = await view(stop, 56);
    if (big.getUint32(0, true) !== 0x06064b50) throw Error('no zip64 end record in its place');
    n = Number(big.getBigUint64(32, true)); size = Number(big.getBigUint64(40, true)); start = Number(big.getBigUint64(48, true));
  }
  if (start + size !== stop) bad.push('something stands between the directory and its end record');
  if (size > 1 << 28 || n > 1e6) throw Error('the directory of the zip file is too big for this page');
  const dir = await view(start, size), text = new TextDecoder('utf-8', { fatal: true });
  let at = 0, next = 0, before = '';
  for (let i = 0; i < n; i++) {
    if (at + 46 > size || dir.getUint32(at, true) !== 0x02014b50) throw Error('entry ' + (i + 1) + ' of the directory cannot be read');
    const name = dir.getUint16(at + 28, true), extra = dir.getUint16(at + 30, true), note = dir.getUint16(at + 32, true);
    let bytes = dir.getUint32(at + 24, true), offset = dir.getUint32(at + 42, true);
    if (at + 46 + name + extra + note > size) throw Error('entry ' + (i + 1) + ' of the directory is cut');
    const path = text.decode(new Uint8Array(dir.buffer, at + 46, name));
    let x = at + 46 + name + 4;
    if (bytes === 0xffffffff) { bytes = Number(dir.getBigUint64(x, true)); x += 16; }
    if (offset === 0xffffffff) offset = Number(dir.getBigUint64(x, true));
    const head = await view(offset, 30), inner = head.getUint16(26, true), more = head.getUint16(28, true);
    if (dir.getUint16(at + 10, true) !== 0 || head.getUint16(8, true) !== 0) throw Error(path + ' is compressed, and files of a package are not');
    const said = inner === name ? text.decode(await blob.slice(offset + 30, offset + 30 + inner).arrayBuffer()) : '';
    if (head.getUint32(0, true) !== 0x04034b50 || said !== path || offset !== next || path <= before && i > 0 || note) bad.push(path + ' does not stand where a package has it, so other programs may see another file');
    if (files.has(path)) bad.push(path + ' stands twice');
    files.set(path, blob.slice(offset + 30 + inner + more, offset + 30 + inner + more + bytes));
    next = offset + 30 + inner + more + bytes; before = path;
    at += 46 + name + extra + note;
  }
  if (next !== start || at !== size) bad.push('something stands between the entries and the directory');
  return { files, bad };
}

async function compare(files, say) {
  const bad = [], unknown = [], sound = new Set();
  const problem = (code, path, note) => bad.push([code, path, note]);
  const raw = files.get('manifest.json');
  if (!raw) { problem('FILE_MISSING', 'manifest.json', 'without it nothing can be compared'); return { bad, unknown, sound, n: 0 }; }
  if (raw.size > 1 << 27) { unknown.push('manifest.json is too big for this page'); return { bad, unknown, sound, n: 0 }; }
  const bytes = await raw.arrayBuffer(), digest = hex(await sha(bytes));
  let m;
  try { m = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)); } catch { m = null; }
  const line = f => f && typeof f.path === 'string' && typeof f.role === 'string' && Number.isSafeInteger(f.bytes) && /^[0-9a-f]{64}$/.test(f.sha256);
  if (!m || m.schema_version !== 'tieout/manifest/v1' || !Array.isArray(m.files) || !m.files.every(line)) { problem('MANIFEST_INVALID', 'manifest.json', 'it is no manifest that this page knows'); return { bad, unknown, sound, n: 0, digest }; }
  const listed = new Set(['manifest.json', 'manifest.sig', 'SHA256SUMS', 'timestamp.tsr']);
  let n = 0;
  for (const f of m.files) {
    n++;
    if (listed.has(f.path)) { problem('MANIFEST_INVALID', f.path, 'the manifest names it twice'); continue; }
    listed.add(f.path);
    const got = files.get(f.path);
    if (!got) { problem('FILE_MISSING', f.path, 'the manifest names it'); continue; }
    if (got.size !== f.bytes) { problem('SIZE_MISMATCH', f.path, count(got.size) + ' bytes instead of ' + count(f.bytes)); continue; }
    if (got.size > most) { unknown.push(f.path + ': ' + count(got.size) + ' bytes are more than a browser can hash at once'); continue; }
    if (n % 20 === 0) say(count(n) + ' of ' + count(m.files.length) + ' files …');
    let is;
    try { is = hex(await sha(await got.arrayBuffer())); } catch (e) { unknown.push(f.path + ': it could not be read: ' + e.message); continue; }
    if (is !== f.sha256) problem('HASH_MISMATCH', f.path, 'SHA-256 ' + is + ' instead of ' + f.sha256); else sound.add(f.path);
  }
  for (const p of files.keys()) if (!listed.has(p)) problem('FILE_EXTRA', p, 'the manifest does not name it');
  const is = await root(m.files);
  if (is !== m.content_digest) problem('MANIFEST_INVALID', 'manifest.json', 'its files have the content digest ' + is + ', and it states ' + m.content_digest);
  if (m.content_digest !== facts.content_digest) problem('MANIFEST_INVALID', 'index.html', 'this page was printed from content ' + facts.content_digest + ', and the package holds content ' + m.content_digest + ': they do not belong together');
  const note = files.get('manifest.sig');
  if (!note) problem('FILE_MISSING', 'manifest.sig', 'the manifest is not signed');
  else if (note.size > 65536) problem('SIG_BAD', 'manifest.sig', 'it is no signed note');
  else {
    const said = (await note.text()).split('\n');
    if (said[0] !== 'tieout/package/v1' || said[2] !== 'manifest.json sha256:' + digest || said[3] !== 'content root:' + m.content_digest) problem('SIG_BAD', 'manifest.sig', 'it was made over another manifest');
  }
  return { bad, unknown, sound, n, digest };
}

const verdict = document.getElementById('verdict');
let turn = 0;
async function check(take, name) {
  const mine = ++turn;
  held = null;
  verdict.className = 'box'; verdict.dataset.result = 'running';
  const say = s => { if (mine === turn) verdict.replaceChildren(make('p', s)); };
  say('Reading ' + show(name) + ' …');
  let out, files, layout = [];
  try {
    if (!globalThis.crypto || !crypto.subtle) throw Error('this browser gives a page opened from a file no digests');
    ({ files, bad: layout } = await take());
    out = await compare(files, say);
  } catch (e) {
    if (mine !== turn) return;
    verdict.dataset.result = 'not_checked';
    verdict.className = 'box open';
    verdict.replaceChildren(make('p', 'NOT CHECKED. Comparing ' + show(name) + ' with its manifest was not possible: ' + show(e.message) + '. Nothing is known about it; use tieout verify package.'));
    return;
  }
  if (mine !== turn) return;
  const bad = layout.map(w => ['CONTAINER_NOT_CANONICAL', name, w]).concat(out.bad);
  const lines = [];
  if (bad.length) {
    verdict.dataset.result = 'differs'; verdict.className = 'box bad';
    const ul = make('ul');
    for (const [code, path, words] of bad.slice(0, 500)) ul.append(make('li', code + '  ' + show(path) + ': ' + show(words)));
    const head = make('p'); head.append(make('strong', 'DOES NOT MATCH.'), ' ' + count(bad.length) + (bad.length === 1 ? ' problem' : ' problems') + ' in ' + show(name) + ':');
    lines.push(head, ul);
    if (bad.length > 500) lines.push(make('p', 'The first 500 stand here.'));
  } else if (out.unknown.length) {
    verdict.dataset.result = 'not_checked'; verdict.className = 'box open';
    lines.push(make('p', 'NOT ALL CHECKED. ' + count(out.sound.size) + ' of ' + count(out.n) + ' files match this manifest; the others could not be looked at.'));
  } else {
    verdict.dataset.result = 'matches';
    const p = make('p', 'The ' + count(out.n) + ' files of ' + show(name) + ' match this manifest. Whose manifest it is, is decided by: ');
    p.append(make('code', 'tieout verify package --key'));
    lines.push(p);
  }
  if (out.unknown.length) { const ul = make('ul'); for (const u of out.unknown.slice(0, 500)) ul.append(make('li', 'not checked: ' + show(u))); lines.push(ul); }
  if (out.digest) { const p = make('p', 'SHA-256 of manifest.json: '); p.append(make('code', out.digest)); lines.push(p); }
  lines.push(make('p', 'Not looked at: whose key signed the manifest, whether this page, report and workbook are what the data give, whether the tests give these results, the ledger, and samples. This page came with the package and could be made to say anything.', 'muted'));
  verdict.replaceChildren(...lines);
  held = { files, sound: out.sound };
}
const zip = document.getElementById('zip'), folder = document.getElementById('folder');
zip.addEventListener('change', () => { const f = zip.files[0]; if (f) check(() => unzip(f), f.name); });
folder.addEventListener('change', () => {
  const list = [...folder.files];
  if (list.length) check(async () => ({ files: new Map(list.map(f => [f.webkitRelativePath.split('/').slice(1).join('/'), f])), bad: [] }), list[0].webkitRelativePath.split('/')[0]);
});
document.getElementById('checker').hidden = false;
})();

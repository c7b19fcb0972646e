// Text as nodes, never as HTML: phone numbers become links that dial.

const RUN = /\+?\d+(?:[-\u2010 ]\d+)*/g;
const UNIT = /^\s*(?:年|月|日|号楼|号|弄|室|路|楼|层|栋|幢|元|块|分|点|个|人|条|米|公里|天|小时|折|%|％|yuan|RMB|CNY|am|pm)/i;

/** Whether digits that stand like this in a text are a number to dial, not a date, a sum or a reference. */
export function isPhone(run, before, after) {
  const digits = run.replace(/\D/g, "");
  if (/[\w#.:/\-]$/.test(before) || /^[\w:/]|^\.\d|^-\w/.test(after) || UNIT.test(after)) return false;
  if (/^(?:19|20)\d\d-/.test(run)) return false;
  // Short numbers are dialled as they are written; "1 2 3" is a count.
  if (digits.length < 6 && digits !== run) return false;
  if (digits.length === 3) return /^1[12]\d$/.test(digits);
  if (digits.length === 5) return /^[19]/.test(digits);
  return digits.length >= 6 && digits.length <= 13;
}

/** The text as a fragment, with links to dial its phone numbers. */
export function linked(text, label) {
  const out = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(RUN)) {
    const [run] = match;
    const start = match.index;
    if (!isPhone(run, text.slice(Math.max(0, start - 2), start), text.slice(start + run.length, start + run.length + 6))) continue;
    out.append(text.slice(end, start));
    const link = document.createElement("a");
    link.href = `tel:${run.replace(/[^\d+]/g, "")}`;
    link.textContent = run;
    link.setAttribute("aria-label", label.replace("{number}", run));
    out.append(link);
    end = start + run.length;
  }
  out.append(text.slice(end));
  return out;
}

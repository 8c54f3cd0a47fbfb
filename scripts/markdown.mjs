/**
 * The little of Markdown that checking documents needs: links, the anchors that GitHub gives to headings, and code.
 */

/** `{ links: [{ target, line }], anchors: Set, code: [{ text, line, language? }] }`; a span has no language. */
export function readMarkdown(source) {
  const page = { links: [], anchors: new Set(), code: [] };
  let block;
  for (const [index, text] of source.split('\n').entries()) {
    const line = index + 1;
    const fence = /^\s*```\s*(\w*)/.exec(text);
    if (fence && block) {
      page.code.push({ ...block, text: block.lines.join('\n') });
      block = undefined;
    } else if (fence) {
      block = { language: fence[1], line, lines: [] };
    } else if (block) {
      block.lines.push(text);
    } else {
      readProse(text, line, page);
    }
  }
  return page;
}

function readProse(text, line, page) {
  const heading = /^#{1,6} (.+)$/.exec(text);
  if (heading) page.anchors.add(anchorOf(heading[1], page.anchors));
  for (const [, code] of text.matchAll(/`([^`]+)`/g)) page.code.push({ text: code, line });
  const withoutCode = text.replaceAll(/`[^`]*`/g, '');
  for (const [, target] of withoutCode.matchAll(/\]\(([^)\s]+)[^)]*\)/g)) page.links.push({ target, line });
  const reference = /^\[[^\]]+\]:\s+(\S+)/.exec(withoutCode);
  if (reference) page.links.push({ target: reference[1], line });
}

/** As GitHub does it: lower case, punctuation dropped, spaces to hyphens, a number for the second of two. */
function anchorOf(heading, taken) {
  const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
  const slug = text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');
  for (let count = 0; ; count++) {
    const candidate = count === 0 ? slug : `${slug}-${count}`;
    if (!taken.has(candidate)) return candidate;
  }
}

// Renders Markdown as GitHub does, and tells what has come of it. On stdin: a list of texts; on stdout: what each became.
//
// GitHub turns Markdown into HTML, lets through what its list of elements allows, and then looks for mentions,
// references and the like in the text of that HTML. remark-github looks in the Markdown; so the text is searched again.

import { json } from "node:stream/consumers";
import rehypeRaw from "rehype-raw";
import rehypeSanitize, { defaultSchema } from "rehype-sanitize";
import rehypeStringify from "rehype-stringify";
import remarkGfm from "remark-gfm";
import remarkGithub, { defaultBuildUrl } from "remark-github";
import remarkMath from "remark-math";
import remarkParse from "remark-parse";
import remarkRehype from "remark-rehype";
import { unified } from "unified";

const SILENT = new Set(["a", "code", "pre", "style", "script"]);

// What GitHub looks for in text; in code it does not, but a reply by mail has lost what was code.
const MAILED = {
  mentions: /(?<![A-Za-z0-9_`])@[A-Za-z0-9][A-Za-z0-9-]*(?:\/[A-Za-z0-9-]+)?/g,
  references: /(?<![A-Za-z0-9])(?:[\w.-]+\/[\w.-]+|[\w.-]+)?#\d+|(?<![A-Za-z0-9])GH-\d+/gi,
};
const SEARCHED = {
  ...MAILED,
  commits: /(?<![A-Za-z0-9_])[0-9a-f]{7,40}(?![A-Za-z0-9_])/gi,
  addresses: /[a-z][a-z0-9+.-]*:\/\/\S+|\bwww\.\S+|[\w.+-]+@[\w-]+\.\w+/gi,
  emoji: /:(?:[+-]1|100|[a-z_][\w+-]*):/g,
  mathematics: /\$[^$]+\$/g,
  boxes: /^\s*\[(?:[ xX]|![A-Z]+)\]/g,
};

/** Go through a tree, with the names of the elements around. */
function* walk(node, around = []) {
  yield [node, around];
  const inner = node.type === "element" ? [...around, node.tagName] : around;
  for (const child of node.children ?? []) yield* walk(child, inner);
}

function text(node) {
  return [...walk(node)].map(([each]) => (each.type === "text" ? each.value : "")).join("");
}

function search(root, found) {
  for (const [node, around] of walk(root)) {
    if (node.type !== "text") continue;
    const silent = around.some((name) => SILENT.has(name));
    for (const [kind, pattern] of Object.entries(silent ? MAILED : SEARCHED)) {
      found[kind].push(...(node.value.match(pattern) ?? []));
    }
  }
}

/** Write the elements down as they stand in one another, without their text. */
function outline(node) {
  if (node.type === "comment") return [`<!--${node.value}-->`];
  const inner = (node.children ?? []).flatMap(outline);
  if (node.type !== "element") return inner;
  return [`<${node.tagName}>`, ...inner, `</${node.tagName}>`];
}

function render(markdown) {
  const found = Object.fromEntries(Object.keys(SEARCHED).map((kind) => [kind, []]));
  const buildUrl = (values) => {
    const kind = { mention: "mentions", issue: "references", commit: "commits", compare: "commits" }[values.type];
    found[kind].push(JSON.stringify(values));
    return defaultBuildUrl(values);
  };
  const toTree = unified()
    .use(remarkParse)
    .use(remarkGfm)
    .use(remarkMath)
    .use(remarkGithub, { repository: "octo-org/octo-repo", buildUrl })
    .use(remarkRehype, { allowDangerousHtml: true })
    .use(rehypeRaw);
  const source = toTree.parse(markdown);
  for (const [node] of walk(source)) {
    if (node.type === "math" || node.type === "inlineMath") found.mathematics.push(node.value);
  }
  const raw = toTree.runSync(source);
  search(raw, found);
  const clean = unified().use(rehypeSanitize, defaultSchema).runSync(structuredClone(raw));
  const elements = [...walk(raw)].filter(([node]) => node.type === "element").map(([node]) => node);
  return {
    found: Object.fromEntries(Object.entries(found).filter(([, each]) => each.length)),
    links: elements.filter((each) => each.tagName === "a").map((each) => String(each.properties.href ?? "")),
    images: elements.filter((each) => each.tagName === "img").map((each) => String(each.properties.src ?? "")),
    outline: outline(raw),
    text: text(clean),
    fences: elements.filter((each) => each.tagName === "pre").map(text),
    html: unified().use(rehypeStringify).stringify(clean),
  };
}

process.stdout.write(JSON.stringify((await json(process.stdin)).map(render)));

// Looks at pages in headless Chromium. On stdin: {chromium, pages: [{file, picture, width, scheme, script}], diagrams};
// on stdout: what was seen of each. Nothing is fetched: whatever a page asks for besides itself is refused and told.

import { readFileSync } from "node:fs";
import { json } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const HEIGHT = 1000;
const PATIENCE = 300_000; // milliseconds: a machine may be busy

/** Open a page of its own, which keeps account of what it asks for. */
async function opened(browser, { script }) {
  const page = await browser.newPage();
  const asked = [];
  page.setDefaultTimeout(PATIENCE);
  await page.setJavaScriptEnabled(script);
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    if (request.isNavigationRequest() && request.url().startsWith("file:")) return request.continue();
    asked.push(request.url());
    return request.abort();
  });
  page.on("dialog", (dialog) => dialog.dismiss());
  return [page, asked];
}

async function look(browser, { file, picture, width, scheme, script = false }) {
  const [page, asked] = await opened(browser, { script });
  await page.setViewport({ width, height: HEIGHT });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.goto(pathToFileURL(file).href);
  const seen = await page.evaluate(() => {
    const fold = document.querySelector("details");
    const { scrollWidth, clientWidth } = document.documentElement;
    return {
      overflow: scrollWidth - clientWidth,
      wide: [...document.querySelectorAll("*")]
        .filter((each) => each.getBoundingClientRect().right > clientWidth + 1 && !each.closest("pre, table"))
        .map((each) => each.outerHTML.slice(0, 200)),
      top: fold ? fold.getBoundingClientRect().top : document.body.scrollHeight,
      title: document.title,
      text: document.body.textContent,
      colour: getComputedStyle(document.body).color,
      elements: [...new Set([...document.querySelectorAll("body *")].map((each) => each.localName))].sort(),
      links: [...document.links].map((each) => each.href),
    };
  });
  await page.setViewport({ width, height: 1, deviceScaleFactor: 2 }); // a picture ends where the page does
  await page.screenshot({ path: picture, fullPage: true });
  await page.close();
  return { ...seen, asked };
}

/** Draw diagrams with Mermaid; of each tell the text in it, or what is wrong. */
async function draw(browser, diagrams) {
  const [page, asked] = await opened(browser, { script: true });
  await page.evaluate(readFileSync("mermaid.min.js", "utf-8"));
  const drawn = await page.evaluate(async (texts) => {
    const { mermaid } = globalThis;
    mermaid.initialize({ startOnLoad: false, securityLevel: "strict" });
    const all = [];
    for (const [place, text] of texts.entries()) {
      try {
        const kind = (await mermaid.parse(text)).diagramType;
        const { svg } = await mermaid.render(`diagram${place}`, text);
        const drawing = new DOMParser().parseFromString(svg, "text/html");
        for (const style of drawing.querySelectorAll("style")) style.remove();
        const shown = [...drawing.querySelectorAll("text, foreignObject")].map((each) => each.textContent);
        const odd = [...drawing.querySelectorAll("a, image, img, script, iframe")].map((each) => each.outerHTML);
        all.push({ kind, text: shown.join("\n"), odd });
      } catch (error) {
        all.push({ wrong: String(error) });
      }
    }
    return all;
  }, diagrams);
  await page.close();
  return { drawn, asked };
}

const { chromium, pages, diagrams } = await json(process.stdin);
// Without a sandbox as root: it is our own text that is looked at.
const args = process.getuid() === 0 ? ["--no-sandbox"] : [];
const browser = await puppeteer.launch({ executablePath: chromium, args, timeout: PATIENCE, protocolTimeout: PATIENCE });
try {
  const seen = [];
  for (const each of pages) seen.push(await look(browser, each));
  process.stdout.write(JSON.stringify({ seen, ...(await draw(browser, diagrams)) }));
} finally {
  await browser.close();
}

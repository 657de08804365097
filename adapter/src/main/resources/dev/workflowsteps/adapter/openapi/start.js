"use strict";

/** Longer texts are cut at this many characters until the reader asks for the rest. */
const SHOWN = 100_000;

const WHITE_SPACE = " \t\r\n";

/**
 * Adds line breaks and indentation between the tokens of JSON. Parses no number, key or escape: all characters of the
 * text stay, white space too, and nothing is added beside white space that is there already.
 *
 * @param most where the result is cut, in characters
 */
function indent(json, most) {
  const near = (at) => WHITE_SPACE.includes(json.charAt(at));
  let depth = 0;
  const line = () => "\n" + "  ".repeat(Math.min(depth, 50));
  let text = "";
  for (let at = 0; at < json.length && text.length < most; at++) {
    const token = json[at];
    if (token === '"') {
      const start = at++;
      while (at < json.length && json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
      text += json.slice(start, at + 1);
    } else if (token === "{" || token === "[") {
      depth++;
      const empty = json[at + 1] === "}" || json[at + 1] === "]";
      text += empty || near(at + 1) ? token : token + line();
    } else if (token === "}" || token === "]") {
      depth--;
      const empty = json[at - 1] === "{" || json[at - 1] === "[";
      text += empty || near(at - 1) ? token : line() + token;
    } else if (token === ",") {
      text += near(at + 1) ? token : token + line();
    } else if (token === ":") {
      text += near(at + 1) ? token : token + " ";
    } else {
      text += token;
    }
  }
  return text.slice(0, most);
}

/** What Swagger UI would show as parsed and printed again, or with somebody's key in it. */
function exactly({ React }) {
  const element = React.createElement;

  function CopyButton({ text }) {
    const [copied, setCopied] = React.useState("");
    const copy = () => navigator.clipboard.writeText(text).then(() => setCopied(text));
    // Browsers have no clipboard for pages that came over cleartext from another machine.
    if (!navigator.clipboard) return null;
    return element("button", { type: "button", className: "btn", onClick: copy }, copied === text ? "Copied" : "Copy");
  }

  function DownloadButton({ text, type }) {
    const download = () => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type }));
      link.download = "response.json";
      link.click();
      // Not at once: the browser reads it after this returns.
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    };
    return element("button", { type: "button", className: "btn", onClick: download }, "Download");
  }

  /** The text as it came, indented if it is JSON; copied and downloaded without the indentation. */
  function ResponseBody({ content, contentType = "" }) {
    const [whole, setWhole] = React.useState("");
    const most = whole === content ? Infinity : SHOWN;
    const text = /json/.test(contentType) ? indent(content, most) : content.slice(0, most);
    const cut = text.length === most;
    const all = { type: "button", className: "btn", onClick: () => setWhole(content) };
    return element(
      "div",
      { className: "exactly" },
      element("h5", null, "Response body"),
      element(CopyButton, { text: content }),
      element(DownloadButton, { text: content, type: contentType }),
      cut && element("button", all, "Show all"),
      element("pre", { tabIndex: 0, "aria-label": "Response body" }, text),
      cut && element("p", null, `The body goes on: it has ${content.length.toLocaleString("en")} characters.`),
    );
  }

  /** The request for a shell, with a variable where the key stands. */
  function Curl({ request }) {
    const quoted = (word) => "'" + word.replaceAll("'", "'\\''") + "'";
    const headers = request.get("headers").entrySeq().toArray();
    const isKey = (name) => /^(api-key|authorization)$/i.test(name);
    const isElse = (name) => !isKey(name) && name.toLowerCase() !== "accept";
    const keys = headers.filter(([name]) => isKey(name)).map(([name]) => name);
    const words = (keys.length > 0 ? keys : ["Api-Key"])
      .map((name) => (/^api-key$/i.test(name) ? '-H "Api-Key: $KEY"' : '-H "Authorization: Bearer $KEY"'))
      .concat(headers.filter(([name]) => isElse(name)).map(([name, value]) => "-H " + quoted(`${name}: ${value}`)))
      .concat(quoted(request.get("url")));
    const command = "curl " + words.join(" \\\n  ");
    return element(
      "div",
      { className: "exactly" },
      element("h4", null, "Curl"),
      element(CopyButton, { text: command }),
      element("p", null, "Put your key into the shell variable KEY first."),
      element("pre", { tabIndex: 0, "aria-label": "Curl" }, command),
    );
  }

  /** Shows the example of a parameter where its value will stand. */
  const withExample = (Form) => (props) => {
    const example = props.schema.getIn(["examples", 0]);
    const description = example ? `${props.description}, for example ${example}` : props.description;
    return element(Form, { ...props, description });
  };

  return {
    components: { responseBody: ResponseBody, curl: Curl },
    wrapComponents: { JsonSchemaForm: withExample },
  };
}

/** Without the parsed body, which nothing here shows and Swagger UI takes long to keep; headers are no lists. */
function asItCame({ body, obj, headers, ...response }) {
  const lines = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(", ")]);
  return { ...response, headers: Object.fromEntries(lines) };
}

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#document",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  // It would ask a server elsewhere whether the document is valid.
  validatorUrl: null,
  // Each word would be an element: too many for a long answer.
  syntaxHighlight: { activated: false },
  plugins: [exactly],
  responseInterceptor: asItCame,
});

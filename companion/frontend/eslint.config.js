import js from "@eslint/js";
import globals from "globals";

const markup = ["innerHTML", "outerHTML"].map((property) => ({
  property,
  message: "Text from people must never become markup: use textContent, or build elements.",
}));

export default [
  js.configs.recommended,
  {
    files: ["src/**/*.js"],
    languageOptions: { globals: globals.browser },
    rules: {
      eqeqeq: "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-restricted-properties": [
        "error",
        ...markup,
        { property: "insertAdjacentHTML", message: "Use insertAdjacentElement or append." },
        { object: "document", property: "write", message: "Use append." },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "BinaryExpression[operator='instanceof'][right.name=/^(HTML.*|SVG.*|Element|Node)$/]",
          message: "What is shown in a floating window may be of that window's own kinds: ask for its type or by a selector.",
        },
      ],
      "no-shadow": "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  {
    // An element gets what it shows and fires events upward; only a page knows the line and the store.
    files: ["src/elements/**/*.js"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { group: ["**/agenda/wire.js", "**/agenda/provider.js", "**/agenda/store.js", "**/agenda/shelf.js"], message: "Only src/pages does." },
            { group: ["socket.io-client", "idb"], message: "Only src/agenda does." },
          ],
        },
      ],
    },
  },
  {
    // The service worker has no page.
    files: ["src/worker/**/*.js"],
    languageOptions: { globals: { ...globals.serviceworker, VERSION: "readonly", FILES: "readonly" } },
    rules: { "no-restricted-imports": ["error", { patterns: ["**/elements/*", "**/pages/*", "**/agenda/*"] }] },
  },
  {
    // What an agenda is does not depend on how it is shown.
    files: ["src/agenda/**/*.js"],
    rules: { "no-restricted-imports": ["error", { patterns: ["**/elements/*", "**/pages/*"] }] },
  },
  { files: ["*.mjs", "*.js", "test/**/*.js"], languageOptions: { globals: { ...globals.node, ...globals.browser } } },
];

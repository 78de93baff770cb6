// Which page is shown: sign-in without a token, else what stands behind the address's "#".

import { developmentToken, token } from "./api.js";
import { h, notice } from "./dom.js";
import { runPage } from "./run.js";
import { statementsPage } from "./statements.js";

const page = document.getElementById("page");
const signOut = document.getElementById("sign-out");
let leave = new AbortController();

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

function enter(value) {
  token.set(value);
  return show();
}

function signInPage() {
  const field = h("textarea", { id: "token", rows: 4, required: true, autocomplete: "off", spellcheck: false });
  return h("article", {},
    h("h1", {}, "Sign in"),
    h("p", {}, "Paste an access token with the scope ops. It stays in this tab, until it is closed."),
    h("form", {
      onsubmit: (event) => {
        event.preventDefault();
        enter(field.value.trim());
      },
    }, h("label", { htmlFor: "token" }, "Access token"), field, h("button", { type: "submit" }, "Sign in")),
    LOOPBACK.includes(location.hostname) ? developmentSignIn() : null);
}

/** Only on this machine: nowhere else may a service hand out tokens. */
function developmentSignIn() {
  const said = h("div", {});
  const ask = () => developmentToken().then(enter, (problem) => said.replaceChildren(notice(problem.message)));
  return [h("button", { id: "development", className: "secondary outline", onclick: ask },
    "Get a token from the development service"), said];
}

async function show() {
  leave.abort();
  leave = new AbortController();
  const left = leave.signal;
  signOut.hidden = token.get() === null;
  if (token.get() === null) {
    page.replaceChildren(signInPage());
    return;
  }
  const run = location.hash.match(/^#\/runs\/([0-9a-f-]{36})$/);
  page.ariaBusy = "true";
  try {
    const content = run ? await runPage(run[1]) : await statementsPage(left);
    if (!left.aborted) {
      page.replaceChildren(content);
    }
  } catch (problem) {
    if (!left.aborted) {
      page.replaceChildren(notice(problem.message));
    }
  } finally {
    page.ariaBusy = "false";
  }
}

signOut.addEventListener("click", () => {
  token.drop();
  show();
});
addEventListener("signed-out", show);
addEventListener("hashchange", show);
show();

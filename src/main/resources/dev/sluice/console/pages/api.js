// Calls the API with the operator's token, which this tab alone keeps, until it is closed.

const KEY = "sluice.token";

export const token = {
  get: () => sessionStorage.getItem(KEY),
  set: (value) => sessionStorage.setItem(KEY, value),
  drop: () => sessionStorage.removeItem(KEY),
};

/** What the API refused, in its own words. */
export class Refused extends Error {
  constructor(status, body) {
    let problem = {};
    try {
      problem = JSON.parse(body);
    } catch {
      // not from the API: the status says what there is to say
    }
    super(problem.detail ?? problem.title ?? "The service answered " + status + ".");
    this.status = status;
    this.fields = (problem.fields ?? []).map((field) => field.field + " " + field.message);
  }
}

function refused(status, body) {
  if (status === 401) {
    token.drop();
    dispatchEvent(new Event("signed-out"));
  }
  return new Refused(status, body);
}

async function call(path, method = "GET") {
  const response = await fetch(path, {
    method,
    headers: { Authorization: "Bearer " + token.get() },
    credentials: "omit",
    cache: "no-store",
  });
  if (!response.ok) {
    throw refused(response.status, await response.text());
  }
  return response;
}

export const get = async (path) => (await call(path)).json();

export const post = async (path) => (await call(path, "POST")).json();

/** A token from the embedded default, which hands one to anybody on its machine. */
export async function developmentToken() {
  const response = await fetch("/dev/token", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ sub: "operator-1", scope: "ops" }),
    credentials: "omit",
  });
  if (!response.ok) {
    throw new Error("This service hands out no tokens: bring one.");
  }
  return (await response.json()).access_token;
}

/** Hands a file of the API to the browser, to be saved. */
export async function save(path, name) {
  const url = URL.createObjectURL(await (await call(path)).blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

/** Sends a file; `onSent` is told how much of it is on its way. Only this tells, fetch doesn't. */
export function upload(path, file, onSent) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("Authorization", "Bearer " + token.get());
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => onSent(event.loaded, event.total));
    request.addEventListener("error", () => reject(new Error("The connection broke off.")));
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) {
        const again = request.getResponseHeader("Idempotent-Replayed") === "true";
        resolve({ again, statement: JSON.parse(request.responseText) });
      } else {
        reject(refused(request.status, request.responseText));
      }
    });
    request.send(file);
  });
}

/** What an element is made with: attributes, and `on…` listeners. `true` writes an empty attribute, `false` and null none. */
export type Attributes = Readonly<Record<string, string | number | boolean | null | ((event: Event) => void)>>;

export type Child = Node | string | null;

/** An element with its attributes and children. Text goes in as text: nothing here parses HTML. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

/** The element of the page with this id. The page is ours, so a missing one is a fault of ours. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`index.html has no element #${id}`);
  return element;
}

/** A name that may break after `@`, `/` and `-`, where long ids are made of parts. */
export function breakable(name: string): DocumentFragment {
  const fragment = new DocumentFragment();
  for (const [i, part] of name.split(/(?<=[@/-])/).entries()) {
    if (i > 0) fragment.append(document.createElement("wbr"));
    fragment.append(part);
  }
  return fragment;
}

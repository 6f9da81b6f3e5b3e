/** The element of that id, which the page's HTML holds. */
export function byId<K extends keyof HTMLElementTagNameMap>(id: string, tag: K): HTMLElementTagNameMap[K] {
  const found = document.getElementById(id);
  if (found?.localName !== tag) throw new Error(`page: needs <${tag} id="${id}">, found ${found?.localName ?? 'none'}`);
  return found as HTMLElementTagNameMap[K];
}

type Attributes = Readonly<Record<string, string | number>>;

/** A new element with its attributes and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const created = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) created.setAttribute(name, String(value));
  created.append(...children);
  return created;
}

/** The 2d context of a canvas whose pixels are read back and must stay exact. */
export function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('page: this browser gave no 2d canvas');
  return context;
}

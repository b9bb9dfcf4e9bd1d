import type { ChatView } from "../../src/chat/view.ts";
import type { ViewStore } from "../../src/ui/show-chat.tsx";
import { viewWith } from "./chat-views.ts";

/** A store whose view is set by hand. */
export class FakeStore implements ViewStore {
  #view: ChatView = viewWith();
  readonly #listeners = new Set<() => void>();

  get listeners(): number {
    return this.#listeners.size;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  getView(): ChatView {
    return this.#view;
  }

  /** Changes parts of the view and tells so. */
  set(changes: Partial<ChatView>): void {
    this.#view = { ...this.#view, ...changes };
    for (const listener of this.#listeners) listener();
  }
}

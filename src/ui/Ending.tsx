import { Component, type ReactNode } from "react";

/** What is told of an end, and what may end. */
export interface EndingProps {
  readonly children: ReactNode;
  /** Something below threw; nothing is drawn any more. */
  onError(error: unknown): void;
  /** Whatever the reason: Ink takes everything away. */
  onUnmount(): void;
}

/**
 * Tells when Ink ends on its own: a component threw, or a signal came, for which Ink listens. A class,
 * since React tells errors to no other; by the time that Ink's own promise says so, it is too late.
 */
export class Ending extends Component<EndingProps, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override componentDidCatch(error: unknown): void {
    // React is at work here and cannot take everything away at the same time.
    queueMicrotask(() => this.props.onError(error));
  }

  override componentWillUnmount(): void {
    this.props.onUnmount();
  }

  override render(): ReactNode {
    return this.state.failed ? null : this.props.children;
  }
}

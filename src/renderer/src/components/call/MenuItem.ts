import type { Component } from 'svelte'

/** One line of a menu. */
export interface MenuItem {
  icon: Component<{ size?: number }>
  label: string
  /** It takes something away for good. */
  danger?: boolean
  act: () => void
}

import { computed, ref } from 'vue'

/** The two layouts. */
export type Letters = 'normal' | 'big'

const letters = ref<Letters>('normal')

/** Whether the page stands in 大字版, for what CSS cannot arrange alone. */
export const big = computed(() => letters.value === 'big')

/** Puts every page into a layout, at once. Remembering it is the caller's affair. */
export function showLetters(next: Letters): void {
  letters.value = next
  document.documentElement.dataset.size = next
}

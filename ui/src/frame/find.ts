import { ref } from 'vue'

/** Whether 找人找事 is open; any page may open it. */
export const finding = ref(false)

/** Opens 找人找事. */
export function openFind(): void {
  finding.value = true
}

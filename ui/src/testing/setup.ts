import { afterEach } from 'vitest'
import { enableAutoUnmount } from '@vue/test-utils'
import { showLetters } from '@/components/letters'

enableAutoUnmount(afterEach)
afterEach(() => {
  document.body.innerHTML = ''
  showLetters('normal')
})

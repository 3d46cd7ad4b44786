import { VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount } from '@vue/test-utils'
import axe from 'axe-core'
import { createPinia, setActivePinia } from 'pinia'
import type { Component } from 'vue'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import { queries } from '@/api/query'
import { useSeat } from '@/seat/seat'

/**
 * Puts a page or a part on the screen as the program would: store, answers, addresses. The seat is asked for first. A
 * `router` that already stands somewhere is for pages that read their address.
 */
export async function show(component: Component, options: { at?: string; props?: Record<string, unknown>; slots?: Record<string, string>; seat?: boolean; router?: Router } = {}) {
  const pinia = createPinia()
  setActivePinia(pinia)
  queries.clear()
  const router = options.router ?? createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: { template: '<div />' } }] })
  if (!options.router) await router.push(options.at ?? '/today')
  if (options.seat !== false) await useSeat().refresh()
  const wrapper = mount(component as never, {
    props: options.props as never,
    slots: options.slots as never,
    attachTo: document.body,
    global: { plugins: [pinia, router, [VueQueryPlugin, { queryClient: queries }]] },
  })
  await flushPromises()
  return { wrapper, router }
}

/** What axe finds wrong in the page, each with the piece it found it in. Contrast is measured in the browser, not here. */
export async function findings(root: Element = document.body): Promise<string[]> {
  const { violations } = await axe.run(root, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    rules: { 'color-contrast': { enabled: false } },
  })
  return violations.map((v) => `${v.id}: ${v.nodes[0]?.html ?? ''}`)
}

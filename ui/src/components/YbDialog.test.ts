import { flushPromises, mount } from '@vue/test-utils'
import { h } from 'vue'
import { describe, expect, it } from 'vitest'
import { findings } from '@/testing/mount'
import YbDialog from './YbDialog.vue'
import YbField from './YbField.vue'
import YbMain from './YbMain.vue'

const put = (props: Record<string, unknown> = {}, slots: Record<string, () => unknown> = {}) => {
  const wrapper = mount(YbDialog, {
    props: { modelValue: true, title: '接进一个人', act: '接进王秀英', keep: '先不接', ...props } as never,
    slots: { default: () => [h(YbField, { label: '姓名', modelValue: '' }), h(YbField, { label: '从哪里来', modelValue: '' })], ...slots } as never,
    attachTo: document.body,
  })
  return flushPromises().then(() => wrapper)
}
const dialog = () => document.querySelector('[role=dialog]')
const buttons = () => [...document.querySelectorAll<HTMLButtonElement>('[role=dialog] button')]

describe('a dialog', () => {
  it('is sound for readers, with its title, its fields and both ways out', async () => {
    await put({}, { more: () => h('button', '看一眼') })
    expect(dialog()?.textContent).toContain('接进一个人')
    expect(buttons().map((b) => b.textContent)).toEqual(['接进王秀英', '看一眼', '先不接'])
    expect(await findings()).toEqual([])
  })

  it('does by its verb and leaves by the other', async () => {
    const wrapper = await put()
    buttons()[0]?.click()
    expect(wrapper.emitted('act')).toHaveLength(1)
    expect(wrapper.emitted('update:modelValue')).toBeUndefined()
    buttons()[1]?.click()
    expect(wrapper.emitted('update:modelValue')).toEqual([[false]])
    expect(wrapper.emitted('act')).toHaveLength(1)
  })

  it('offers only the way back while there is nothing to do', async () => {
    await put({ act: undefined })
    expect(buttons().map((b) => b.textContent)).toEqual(['先不接'])
  })

  it('says what went wrong above the ways out, and that it is at work', async () => {
    await put({ error: { code: 'refused', message: '没接进来。', next_step: '再试一次。', field: null }, busy: true })
    expect(document.querySelector('[role=dialog] [role=alert]')?.textContent).toContain('没接进来。')
    expect(document.querySelector('[role=dialog] .ways button')?.getAttribute('aria-busy')).toBe('true')
  })

  it('leads Enter from its last field to its verb, not to the main button of the page under it', async () => {
    mount(YbMain, { slots: { default: '办移交' }, attachTo: document.body, global: { stubs: { RouterLink: true } } })
    const wrapper = await put()
    const inputs = [...document.querySelectorAll<HTMLInputElement>('[role=dialog] input')]
    const enter = (at: Element | undefined) => at?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
    inputs[0]?.focus()
    enter(inputs[0])
    expect(document.activeElement).toBe(inputs[1])
    enter(inputs[1])
    expect(document.activeElement?.textContent).toBe('接进王秀英')
    expect(wrapper.emitted('act')).toBeUndefined()
  })
})

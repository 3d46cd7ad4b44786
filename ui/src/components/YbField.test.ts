import { mount } from '@vue/test-utils'
import { defineComponent, h, nextTick, ref } from 'vue'
import { describe, expect, it } from 'vitest'
import { ApiError } from '@/api/client'
import { findings } from '@/testing/mount'
import YbField from './YbField.vue'
import YbMain from './YbMain.vue'

function form(type: 'text' | 'date' | 'textarea' = 'text') {
  const first = ref('')
  const second = ref('')
  const Form = defineComponent({
    setup: () => () =>
      h('form', [
        h(YbField, { label: '姓名', type, modelValue: first.value, 'onUpdate:modelValue': (v: string) => (first.value = v) }),
        h(YbField, { label: '手机', modelValue: second.value, 'onUpdate:modelValue': (v: string) => (second.value = v) }),
        h(YbMain, () => '存'),
      ]),
  })
  const wrapper = mount(Form, { attachTo: document.body })
  return { wrapper, first, second }
}

const enter = (el: Element, init: KeyboardEventInit = {}) => {
  const event = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...init })
  el.dispatchEvent(event)
  return event
}

describe('a field', () => {
  it('sends Enter to the next field and at the end to the main button', () => {
    form()
    const [a, b] = document.querySelectorAll('input')
    a?.focus()
    enter(a as Element)
    expect(document.activeElement).toBe(b)
    enter(b as Element)
    expect(document.activeElement?.className).toContain('main-act')
  })

  it('stays where it is while an input method composes', () => {
    form()
    const [a] = document.querySelectorAll('input')
    a?.focus()
    expect(enter(a as Element, { isComposing: true }).defaultPrevented).toBe(false)
    expect(enter(a as Element, { keyCode: 229 } as KeyboardEventInit).defaultPrevented).toBe(false)
    expect(document.activeElement).toBe(a)
  })

  it('keeps Enter as a new line where one writes at length', () => {
    form('textarea')
    const area = document.querySelector('textarea') as HTMLTextAreaElement
    area.focus()
    expect(enter(area).defaultPrevented).toBe(false)
  })

  it('keeps a date as precisely as it was typed, and never throws away what it cannot read', async () => {
    const { first } = form('date')
    const input = document.querySelector('input') as HTMLInputElement
    const type = async (text: string) => {
      input.value = text
      input.dispatchEvent(new Event('input'))
      await nextTick()
      input.dispatchEvent(new Event('blur'))
      await nextTick()
    }
    await type('85.7')
    expect(first.value).toBe('1985-07')
    await type('前年')
    expect(first.value).toBe('前年')
    expect(document.querySelector('.err')?.textContent).toContain('看不出是哪一天')
    expect(input.getAttribute('aria-invalid')).toBe('true')
  })

  it('says what is wrong and the way out, tied to the field for readers', async () => {
    const error = new ApiError({ code: 'refused', message: '1963年没有2月29日，这个号码抄错了。', next_step: '手边没有就先存，会标成存疑，以后再补。', field: 'id_number' })
    const wrapper = mount(YbField, { props: { label: '证件号码', modelValue: '511722196302290010', error }, attachTo: document.body })
    const described = wrapper.get('input').attributes('aria-describedby') ?? ''
    expect(document.getElementById(described)?.textContent).toBe('1963\u00a0年没有 2\u00a0月 29\u00a0日，这个号码抄错了。')
    expect(wrapper.get('.way-out').text()).toBe('手边没有就先存，会标成存疑，以后再补。')
    expect(await findings()).toEqual([])
  })
})

import { flushPromises, mount } from '@vue/test-utils'
import { createMemoryHistory, createRouter } from 'vue-router'
import type { Component } from 'vue'
import { describe, expect, it } from 'vitest'
import { iconNames, strokes } from '@/icons/icons'
import { findings } from '@/testing/mount'
import { columnsShown, type Column } from './columns'
import { showLetters } from './letters'
import { states, type StateName } from './states'
import YbButton from './YbButton.vue'
import YbCheck from './YbCheck.vue'
import YbColumns from './YbColumns.vue'
import YbConfirm from './YbConfirm.vue'
import YbEmpty from './YbEmpty.vue'
import YbFilter from './YbFilter.vue'
import YbMain from './YbMain.vue'
import YbPage from './YbPage.vue'
import YbPickFile from './YbPickFile.vue'
import YbProgress from './YbProgress.vue'
import YbSay from './YbSay.vue'
import YbState from './YbState.vue'
import YbSteps from './YbSteps.vue'
import YbTag from './YbTag.vue'
import YbTimeline from './YbTimeline.vue'

const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: { template: '<i />' } }] })
const put = (component: Component, props: Record<string, unknown> = {}, slots: Record<string, string> = {}) =>
  mount(component as never, { props: props as never, slots: slots as never, attachTo: document.body, global: { plugins: [router] } })

const columns: Column<object>[] = [
  { key: 'name', label: '姓名', priority: 1, width: 90, lead: true, value: () => '' },
  { key: 'sex', label: '性别', priority: 2, width: 60, value: () => '' },
  { key: 'age', label: '年龄', priority: 2, width: 60, value: () => '' },
  { key: 'home', label: '户籍所在地', priority: 3, width: 160, value: () => '' },
]

const specimens: [string, () => ReturnType<typeof put>][] = [
  ['a plain button', () => put(YbButton, { icon: 'out' }, { default: '导出' })],
  ['a button that is a switch', () => put(YbButton, { pressed: true }, { default: '一组' })],
  ['the main button', () => put(YbMain, { icon: 'pen' }, { default: '写手记' })],
  ['a tick box', () => put(YbCheck, { label: '选何玉兰', checked: 'mixed' })],
  ['a state', () => put(YbState, { state: 'late', word: '拖了' })],
  ['a tag', () => put(YbTag, { state: 'doubt' }, { default: '身份证号存疑' })],
  ['a message', () => put(YbSay, { kind: 'doubt' }, { default: '<p>这台电脑的钟是 1970 年。</p>' })],
  ['a failure', () => put(YbSay, { error: { code: 'damaged', message: '没读进来：茶园村的文件坏了一截。', next_step: '请村里再写一个。', field: null } })],
  ['steps', () => put(YbSteps, { steps: ['插上U盘', '读带回的', '写要带去的', '拔出U盘'], now: 2 })],
  ['a timeline', () => put(YbTimeline, { entries: [{ date: '2026-06-05', icon: 'note', text: '手记', detail: null }, { date: '2025', icon: 'star', text: '表扬' }] })],
  ['progress', () => put(YbProgress, { title: '正在写 U 盘，先别拔', done: 8, total: 12, stoppable: true })],
  ['progress without an end in sight', () => put(YbProgress, { title: '正在找', done: 8, total: null })],
  ['an empty place', () => put(YbEmpty, { title: '还没有手记', text: '去一个院坝坐一坐，回来写几句就行。' })],
  ['a place for a file', () => put(YbPickFile, { title: '选表格', kind: '表格', extensions: ['xlsx'] })],
  ['a filter', () => put(YbFilter, { label: '类别', options: [{ value: 'full', label: '正式', count: 58 }], modelValue: ['full'] })],
  ['the choice of columns', () => put(YbColumns, { columns, modelValue: null })],
  ['a page', () => put(YbPage, { title: '花名册', sentence: '全村 63 人。', back: { to: '/roster', text: '回花名册' } }, { acts: '<button class="btn">导出</button>', foot: '<span>脚</span>' })],
]

describe.each(['normal', 'big'] as const)('in the %s layout', (letters) => {
  it.each(specimens)('%s is sound for readers', async (_name, make) => {
    showLetters(letters)
    make()
    await flushPromises()
    expect(await findings()).toEqual([])
  })
})

describe('the parts', () => {
  it('find every icon in the sprite, and draw none that is not there', () => {
    expect(iconNames.filter((name) => !strokes.get(name))).toEqual([])
    expect([...strokes.keys()].filter((name) => !(iconNames as readonly string[]).includes(name))).toEqual([])
  })

  it('give each state a shape of its own', () => {
    const shapes = Object.values(states).map((s) => s.icon)
    expect(new Set(shapes).size).toBe(shapes.length)
  })

  it.each(Object.keys(states) as StateName[])('say the state %s in a word beside its shape', (state) => {
    const wrapper = put(YbState, { state, word: '办了' })
    expect(wrapper.text()).toBe('办了')
    expect(wrapper.find('svg path, svg circle, svg rect').exists()).toBe(true)
  })

  it('press the main button once while it is at work', async () => {
    const wrapper = put(YbMain, { busy: true }, { default: '写手记' })
    await wrapper.trigger('click')
    expect(wrapper.emitted('press')).toBeUndefined()
    await wrapper.setProps({ busy: false } as never)
    await wrapper.trigger('click')
    expect(wrapper.emitted('press')).toHaveLength(1)
  })

  it('keep the code of a failure behind 更多', async () => {
    const wrapper = put(YbSay, { error: { code: 'damaged', message: '没读进来。', next_step: '再写一个。', field: null } })
    expect(wrapper.text()).not.toContain('damaged')
    await wrapper.get('button').trigger('click')
    expect(wrapper.text()).toContain('damaged')
  })

  it('ask for the reason when it is missing, instead of greying out the button', async () => {
    const wrapper = put(YbConfirm, {
      modelValue: true, title: '冲销这笔积分？', act: '冲销，记 −2 分', keep: '不冲销', harm: true,
      reason: { label: '为什么', missing: '还没写为什么。' },
    })
    await flushPromises()
    const button = [...document.querySelectorAll('button')].find((b) => b.textContent?.includes('记 −2 分')) as HTMLButtonElement
    expect(button.disabled).toBe(false)
    button.click()
    await flushPromises()
    expect(wrapper.emitted('act')).toBeUndefined()
    expect(document.body.textContent).toContain('还没写为什么。')
    const input = document.querySelector<HTMLInputElement>('.el-dialog input') as HTMLInputElement
    input.value = '那天她请假'
    input.dispatchEvent(new Event('input'))
    button.click()
    expect(wrapper.emitted('act')).toEqual([['那天她请假']])
  })

  it('say a filter with its value, tinted when it is on', async () => {
    const wrapper = put(YbFilter, { label: '类别', options: [{ value: 'full', label: '正式' }], modelValue: [], said: '党员，60 人' })
    expect(wrapper.get('.sel').text()).toContain('全部')
    expect(wrapper.get('.sel').classes()).not.toContain('on')
    await wrapper.setProps({ modelValue: ['full'] } as never)
    expect(wrapper.get('.sel').text()).toContain('党员，60 人')
    expect(wrapper.get('.sel').classes()).toContain('on')
  })

  it('show the columns that somebody chose, in that order, the name always first', () => {
    const keys = (shown: string[] | null, big = false) => columnsShown(columns, shown, big).map((c) => c.key)
    expect(keys(null)).toEqual(['name', 'sex', 'age'])
    expect(keys(['home', 'sex', 'gone'])).toEqual(['name', 'home', 'sex'])
    expect(keys(['home'], true)).toEqual(['name'])
  })
})

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { defineConfig } from '@playwright/test'

// A township's store is filled by the command line before anybody opens it, so its folder is known: once for all workers.
process.env.YUANBA_TOWN_STORE ??= mkdtempSync(join(tmpdir(), 'yuanba-'))
// Likewise the township and the sticks of those who sign in: a worker that begins anew finds them.
process.env.YUANBA_ENTRANCE_FOLDER ??= mkdtempSync(join(tmpdir(), 'yuanba-entrance-'))

/**
 * Bridges with data of their own: one that was never started, one with the made-up village, one of a township, one of people who sign in, one that meets a server. Each listens on a free port
 * and says which; Playwright keeps what it says in the environment, so that two runs on one machine never meet.
 */
const bridges = {
  'first-run': { says: /http:\/\/127\.0\.0\.1:(?<yuanba_first_run>\d+)/, port: 'YUANBA_FIRST_RUN' },
  village: { says: /http:\/\/127\.0\.0\.1:(?<yuanba_village>\d+)/, port: 'YUANBA_VILLAGE' },
  township: { says: /http:\/\/127\.0\.0\.1:(?<yuanba_township>\d+)/, port: 'YUANBA_TOWNSHIP' },
  entrance: { says: /http:\/\/127\.0\.0\.1:(?<yuanba_entrance>\d+)/, port: 'YUANBA_ENTRANCE' },
  sync: { says: /http:\/\/127\.0\.0\.1:(?<yuanba_sync>\d+)/, port: 'YUANBA_SYNC' },
} as const
const root = resolve(import.meta.dirname, '../..')
const program = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug/yuanba-bridge')
const at = (name: keyof typeof bridges) => `http://127.0.0.1:${process.env[bridges[name].port] ?? 0}`

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  // One store behind the pages, so one thing at a time; and a test that passes only sometimes is a broken one.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  reporter: 'list',
  webServer: Object.entries(bridges).map(([name, { says }]) => ({
    command: `"${program}" --listen 127.0.0.1:0 --store "${name === 'township' ? process.env.YUANBA_TOWN_STORE : mkdtempSync(join(tmpdir(), 'yuanba-'))}" --pages ui/dist`,
    cwd: root,
    wait: { stdout: says },
  })),
  use: {
    viewport: { width: 1366, height: 768 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      // With the bars that a person has, which take their room.
      ignoreDefaultArgs: ['--hide-scrollbars'],
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'first-run', testMatch: 'first-run.spec.ts', use: { baseURL: at('first-run') } },
    { name: 'village', testMatch: 'village.spec.ts', use: { baseURL: at('village') } },
    { name: 'township', testMatch: 'township.spec.ts', use: { baseURL: at('township') } },
    { name: 'entrance', testMatch: 'entrance.spec.ts', use: { baseURL: at('entrance') } },
    { name: 'screens-entrance', testMatch: 'screens-entrance.ts', use: { baseURL: at('entrance') } },
    { name: 'sync', testMatch: 'sync.spec.ts', use: { baseURL: at('sync') } },
    { name: 'screens-sync', testMatch: 'screens-sync.ts', use: { baseURL: at('sync') } },
    { name: 'screens-township', testMatch: 'screens-township.ts', use: { baseURL: at('township') } },
    { name: 'screens-first-run', testMatch: 'screens-first-run.ts', use: { baseURL: at('first-run') } },
    { name: 'screens', testMatch: 'screens.ts', use: { baseURL: at('village') } },
  ],
})

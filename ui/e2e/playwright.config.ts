import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { defineConfig } from '@playwright/test'

/** Two bridges with data of their own: one that was never started, one with the made-up village. */
const ports = { 'first-run': 7431, village: 7432 } as const
const root = resolve(import.meta.dirname, '../..')
const bridge = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug/yuanba-bridge')
const at = (name: keyof typeof ports) => `http://127.0.0.1:${ports[name]}`

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
  webServer: Object.values(ports).map((port) => ({
    command: `"${bridge}" --listen 127.0.0.1:${port} --store "${mkdtempSync(join(tmpdir(), 'yuanba-'))}" --pages ui/dist`,
    cwd: root,
    port,
    reuseExistingServer: false,
  })),
  use: {
    viewport: { width: 1366, height: 768 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
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
    { name: 'screens-first-run', testMatch: 'screens-first-run.ts', use: { baseURL: at('first-run') } },
    { name: 'screens', testMatch: 'screens.ts', use: { baseURL: at('village') } },
  ],
})

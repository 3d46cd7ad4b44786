import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { APIRequestContext } from '@playwright/test'
import { Desk, PASSPHRASE } from './township'
import { command, type Place } from './village'

export const SYNC: Place = { name: 'sync', address: '/sync' }

const HUB = resolve(import.meta.dirname, '../..', process.env.CARGO_TARGET_DIR ?? 'target', 'debug/yuanba-hub')

/** The real server, on a database and a port of its own. */
export class Hub {
  private constructor(private readonly program: ChildProcess, readonly url: string, readonly fingerprint: string) {}

  static async start(): Promise<Hub> {
    const folder = mkdtempSync(join(tmpdir(), 'yuanba-hub-'))
    const words = ['serve', '--listen', '127.0.0.1:0', '--database', `sqlite:${join(folder, 'hub.sqlite')}`, '--key-file', join(folder, 'key')]
    const program = spawn(HUB, words, { stdio: ['ignore', 'ignore', 'pipe'] })
    // What it goes on saying is read, so that it never waits for a reader.
    for await (const line of createInterface({ input: program.stderr })) {
      const { fields } = JSON.parse(line) as { fields: { message: string; scheme: string; address: string; fingerprint: string } }
      if (fields.message !== 'listening') continue
      program.stderr.resume()
      return new Hub(program, `${fields.scheme}://${fields.address}`, fields.fingerprint)
    }
    throw new Error('the server did not listen')
  }

  /** Ends it as a cut cable would. */
  async stop(): Promise<void> {
    if (this.program.exitCode !== null || this.program.signalCode !== null) return
    const ended = new Promise((done) => this.program.once('exit', done))
    this.program.kill('SIGKILL')
    await ended
  }
}

/** A village at the bridge that has joined its township, which another machine keeps; it does not call by itself yet. */
export async function joinedVillage(request: APIRequestContext): Promise<void> {
  const { exists, open } = await command<{ exists: boolean; open: boolean }>(request, 'store.status')
  if (exists) {
    if (!open) await command(request, 'store.open', { passphrase: PASSPHRASE })
    return
  }
  await command(request, 'store.create', { level: 'village', name: '青石桥村', user: '罗永福', passphrase: PASSPHRASE })
  await command(request, 'sync.pause', { paused: true })
  const folder = mkdtempSync(join(tmpdir(), 'yuanba-joined-'))
  const file = (name: string) => join(folder, name)
  const town = new Desk(file('town'), '柳坝镇')
  town.run(new Date().toISOString(), ['init', '--level', 'township', '--name', '柳坝镇', '--user', '邓长青'])
  await command(request, 'enrol.request', { out: file('申请') })
  town.run(new Date().toISOString(), ['enrol', 'grant', file('申请'), '--out', file('授权')])
  if (!existsSync(file('授权'))) throw new Error('no grant')
  await command(request, 'enrol.accept', { file: file('授权') })
  await save(request, '王秀英')
}

/** Somebody more in the roster. */
export async function save(request: APIRequestContext, name: string): Promise<void> {
  await command(request, 'member.save', { id: null, fields: { name, kind: 'full' } })
}

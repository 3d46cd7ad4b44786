export interface Holder { assignment: string; member: string; name: string; since: string; until: string | null }

export interface Post {
  id: string
  name: string
  duties: string[]
  frequency: string
  evidence: string
  places: number
  holders: Holder[]
  vacant: number
}

export interface Unplaced {
  member: string
  name: string
  age: number | null
  sex: string
  party_group: string | null
  suggestions: { post: string; name: string; reason: string }[]
}

export interface PostBoard {
  sentence: string
  categories: { id: string; name: string; posts: Post[] }[]
  unplaced: Unplaced[]
  excused: { member: string; name: string; reason: string }[]
}

export interface PostAssign {
  member: string
  post: string
  duties: string[] | null
  from: string
  until: string | null
  decided_on: string
  decided_by: string
}

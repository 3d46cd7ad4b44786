/// <reference types="vite/client" />

declare module 'element-plus/es/components/*/style/css'
declare module 'element-plus/theme-chalk/base.css'

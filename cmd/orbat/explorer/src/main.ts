import { mount } from 'svelte'
import App from './parts/App.svelte'
import { explorer } from './state/explorer.svelte'
import { loadLayout } from './state/layout'
import './style.css'

mount(App, { target: document.getElementById('app')! })
if (location.hash) void loadLayout() // the graph that the address opens wants it
void explorer.start()

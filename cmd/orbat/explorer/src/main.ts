import { mount } from 'svelte'
import App from './parts/App.svelte'
import { explorer } from './state/explorer.svelte'
import './style.css'

mount(App, { target: document.getElementById('app')! })
void explorer.start()

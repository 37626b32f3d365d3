export default {
  data() { return { list: [] } },
  methods: { send: async function (text) { await api.post(text) }, stop: () => {} },
}

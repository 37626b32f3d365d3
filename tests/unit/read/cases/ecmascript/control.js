for (const [k, v] of entries) use(k, v)
for (var key in object) continue
for (let i = 0, n = size(); i < n; i++) { if (i) break }
for (;;) {}
while (go()) step()
do { step() } while (more())
outer: for (const x of xs) { continue outer }
async function read() { for await (const chunk of stream) { yield_(chunk) } }
if (a) one()
else if (b) two()
else { three(); { nested() } }
switch (kind) {
  case 'a':
  case 'b': { both(); break }
  default: other()
}
try { risky() } catch (e) { throw new Error('x', { cause: e }) } finally { done() }
try { risky() } catch { } 
with (scope) { inside }
debugger

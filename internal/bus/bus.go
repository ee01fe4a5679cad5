package bus

import "sync"

// Bus is a set of listeners by topic. It may be used by many goroutines.
type Bus struct {
	mu        sync.RWMutex
	listeners map[string]map[chan struct{}]struct{}
}

// New makes a bus without listeners.
func New() *Bus { return &Bus{listeners: map[string]map[chan struct{}]struct{}{}} }

// Wake wakes all who listen to the topic.
func (b *Bus) Wake(topic string) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for ch := range b.listeners[topic] {
		select {
		case ch <- struct{}{}:
		default: // a wake-up waits already
		}
	}
}

// Listen gives a channel that receives after each Wake of the topic, or once
// after several. stop ends it; it may be called twice, and does not close the
// channel.
func (b *Bus) Listen(topic string) (wake <-chan struct{}, stop func()) {
	ch := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.listeners[topic] == nil {
		b.listeners[topic] = map[chan struct{}]struct{}{}
	}
	b.listeners[topic][ch] = struct{}{}
	return ch, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.listeners[topic], ch)
		if len(b.listeners[topic]) == 0 {
			delete(b.listeners, topic)
		}
	}
}

package jsonout

import "tagline/epcis"

// AppendDocument begins a document: everything before its events, which follow with
// AppendEvent and a comma between them, and AppendEnd behind them. Around is the
// context of the document, as Gather gives it.
func AppendDocument(dst []byte, d *epcis.Document, around *epcis.Context) []byte {
	w := writer{b: dst, c: around}
	w.open()
	w.name("@context")
	w.context(around)
	if d.Query {
		w.text("type", "EPCISQueryDocument")
	} else {
		w.text("type", "EPCISDocument")
	}
	w.text("id", d.ID)
	w.text("schemaVersion", d.SchemaVersion)
	w.time("creationDate", d.CreationDate)
	w.text("instanceIdentifier", d.InstanceIdentifier)
	w.text("sender", d.Sender)
	w.text("receiver", d.Receiver)
	w.fields(d.Extensions)
	if !d.Query && len(d.Vocabularies) > 0 {
		w.name("epcisHeader")
		w.open()
		w.name("epcisMasterData")
		w.open()
		w.vocabularies(d.Vocabularies)
		w.close()
		w.close()
	}
	w.name("epcisBody")
	w.open()
	if d.Query {
		w.name("queryResults")
		w.open()
		w.text("queryName", d.QueryName)
		w.text("subscriptionID", d.SubscriptionID)
		w.name("resultsBody")
		w.open()
		if len(d.Vocabularies) > 0 {
			w.vocabularies(d.Vocabularies)
		}
	}
	w.name("eventList")
	w.list()
	return w.b
}

// AppendEnd ends a document.
func AppendEnd(dst []byte, d *epcis.Document) []byte {
	if d.Query {
		return append(dst, "]}}}}"...)
	}
	return append(dst, "]}}"...)
}

func (w *writer) vocabularies(list []epcis.Vocabulary) {
	w.name("vocabularyList")
	w.list()
	for _, v := range list {
		w.comma()
		w.open()
		w.text("type", v.Type)
		w.name("vocabularyElementList")
		w.list()
		for _, e := range v.Elements {
			w.comma()
			w.open()
			w.text("id", e.ID)
			if len(e.Attributes) > 0 {
				w.name("attributes")
				w.list()
				for _, a := range e.Attributes {
					w.comma()
					w.open()
					w.text("id", a.ID)
					w.name("attribute")
					w.value(a.Value)
					w.close()
				}
				w.end()
			}
			if len(e.Children) > 0 {
				w.texts("children", e.Children)
			}
			w.close()
		}
		w.end()
		w.close()
	}
	w.end()
}

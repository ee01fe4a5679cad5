package links

import (
	"cmp"
	"slices"
	"strings"

	"tagline/internal/api/wire"
	"tagline/internal/link/linkset"
)

// titles says in our words what the link types of the GS1 Web Vocabulary 1.16 lead
// to, in groups as an editor looks for them.
func titles() map[string]map[string]string {
	return map[string]map[string]string{
		"The product": {
			"pip": "Product page", "masterData": "Master data", "relatedImage": "Image", "relatedVideo": "Video", "whatsInTheBox": "What is in the box",
			"certificationInfo": "Certificates", "registryEntry": "Entry in a register", "backgroundInfo": "Background",
			"sustainabilityInfo": "Sustainability and recycling", "productSustainabilityInfo": "Sustainability, old type", "dpp": "Digital product passport",
		},
		"Food and ingredients": {
			"ingredientsInfo": "Ingredients", "nutritionalInfo": "Nutrition", "allergenInfo": "Allergens", "smartLabel": "SmartLabel page",
			"menuInfo": "Menu", "recipeInfo": "Recipes",
		},
		"Using it": {
			"instructions": "Instructions", "quickStartGuide": "Quick start", "tutorial": "Tutorial", "faqs": "Questions and answers",
			"activityIdeas": "Ideas for using it", "consumerHandlingStorageInfo": "Handling and storage", "appDownload": "App",
			"userAgreement": "Terms of use", "registerProduct": "Register the product",
		},
		"Safety and health": {
			"recallStatus": "Recall", "safetyInfo": "Safety", "epil": "Leaflet for patients", "smpc": "Information for health professionals",
			"eifu": "Electronic instructions for use", "brandHomepageClinical": "Brand page for professionals", "brandHomepagePatient": "Brand page for patients",
		},
		"Buying and loyalty": {
			"hasRetailers": "Where to buy", "purchaseSuppliesOrAccessories": "Supplies and accessories", "promotion": "Promotion",
			"loyaltyProgram": "Loyalty programme", "paymentLink": "Pay", "subscribe": "Subscribe", "review": "Reviews", "leaveReview": "Leave a review",
			"socialMedia": "Social media", "eventsInfo": "Events",
		},
		"Help and service": {
			"support": "Support", "serviceInfo": "Service and repair", "scheduleTime": "Make an appointment", "reportFound": "Report something found",
		},
		"Company and place": {
			"homepage": "Home page", "careersInfo": "Careers", "locationInfo": "Location", "openingHoursInfo": "Opening hours", "statisticInfo": "Figures",
		},
		"Supply chain": {
			"traceability": "Traceability", "epcis": "EPCIS repository", "logisticsInfo": "Logistics", "verificationService": "Verification", "jws": "Signed claim",
		},
		"Written by the server": {
			"defaultLink": "Default link", "defaultLinkMulti": "Default links by language", "handledBy": "Another resolver",
		},
	}
}

// Types lists the link types of GS1 with a title and a group each, by title.
func Types() []wire.LinkType {
	var list []wire.LinkType
	for group, members := range titles() {
		for name, title := range members {
			t := "gs1:" + name
			list = append(list, wire.LinkType{Type: t, Title: title, Group: group, Promotes: linkset.Promotes(t), IsRecalls: t == linkset.RecallStatus,
				Reserved: t == linkset.DefaultLink || t == linkset.DefaultLinkMulti || t == linkset.HandledBy})
		}
	}
	for i := range list {
		if list[i].Type == "gs1:productSustainabilityInfo" {
			list[i].Outdated = "gs1:sustainabilityInfo"
		}
	}
	slices.SortFunc(list, func(a, b wire.LinkType) int {
		return cmp.Or(strings.Compare(a.Title, b.Title), strings.Compare(a.Type, b.Type))
	})
	return list
}
